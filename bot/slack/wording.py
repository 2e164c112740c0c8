"""Sentences for Slack: foreign text is made inert before it stands in one (Slack fact sheet, section 12)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from bot import texts
from bot.cloud.codes import text_key
from bot.domain.errors import CloudError, Refusal
from bot.domain.facts import UNSET

DAY_AND_TIME = "{date_short_pretty} {time}"  # a form of Slack's


class Mrkdwn(str):
    """Text that is ready for Slack: built by us, not to be escaped again."""

    __slots__ = ()


def escape(text: str) -> Mrkdwn:
    """Return ``text`` with Slack's three control characters made inert."""
    return Mrkdwn(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def mention(user: str) -> Mrkdwn:
    """Return a mention of the person with id ``user``."""
    return Mrkdwn(f"<@{user}>")


def place(channel: str) -> Mrkdwn:
    """Return a link to the channel with id ``channel``."""
    return Mrkdwn(f"<#{channel}>")


def mentions(people: Iterable[str]) -> Mrkdwn:
    """Return mentions of ``people``, one after the other."""
    return Mrkdwn(", ".join(mention(one) for one in people))


def called(who: str) -> Mrkdwn:
    """Return a call to a person (``U…``, ``W…``) or to everybody in a user group (``S…``)."""
    return Mrkdwn(f"<!subteam^{who.rpartition('/')[2]}>" if who.rpartition("/")[2].startswith("S") else f"<@{who}>")


def code(text: str) -> Mrkdwn:
    """Return ``text`` as inline code; a backtick in it can't end the code."""
    return Mrkdwn(f"`{escape(text.replace('`', chr(0x2019)))}`")


def date(at: float, form: str = "{time}") -> Mrkdwn:
    """Return a moment that each reader sees in their own time zone; where that can't be drawn, in UTC."""
    return Mrkdwn(f"<!date^{int(at)}^{form}|{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC>")


IDS: Mapping[str, Callable[[str], Mrkdwn]] = MappingProxyType({"by": mention, "requester": mention, "channel": place})
MOMENTS = MappingProxyType({"at": "{time}", "starts": DAY_AND_TIME})  # each in its form


class Wording:
    """Sentences in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, key: str, /, **facts: object) -> Mrkdwn:
        """Return the text ``key``; facts that are not ``Mrkdwn`` are escaped."""
        ready = {name: self._ready(value) for name, value in facts.items()}
        return Mrkdwn(texts.say(self.language, key, **ready))

    def has(self, key: str) -> bool:
        """Say whether there is a text ``key``."""
        return texts.has(self.language, key)

    def port(self, value: object) -> str:
        """Return a probe port as a person reads it: the number, "not set", or "not known"."""
        if value is None:
            return self.say("value/not_known")
        return self.say("value/not_set") if value == UNSET else str(value)

    def value(self, value: object) -> str:
        """Return a fact as a person reads it."""
        if isinstance(value, bool):
            return self.say("value/yes" if value else "value/no")
        return self.say("value/text", text=value) if isinstance(value, str) else self.port(value)

    def refusal(self, refusal: Refusal) -> Mrkdwn:
        """Return the sentence of an expected no."""
        return self.refused(refusal.code, refusal.facts)

    def refused(self, code_: str, facts: Mapping[str, object]) -> Mrkdwn:
        """Return the sentence of the refusal ``code_`` with its facts."""
        return self.say(f"refusal/{code_}", **{name: self._fact(name, value) for name, value in facts.items()})

    def cloud(self, code_: str) -> tuple[Mrkdwn, Mrkdwn]:
        """Return what a code of the cloud means, and what to do."""
        known = text_key(code_)
        return self.say(f"cloud/{known}/meaning"), self.say(f"cloud/{known}/advice")

    def cloud_error(self, error: CloudError) -> Mrkdwn:
        """Return what a cloud error means, what to do, and what to quote to the cloud's support."""
        meaning, advice = self.cloud(error.code)
        facts = {"code": error.code, "meaning": meaning, "advice": advice, "request_id": error.request_id or "-"}
        return self.with_clock(self.say("answer/cloud_error", **facts), error.skew)

    def with_clock(self, sentence: Mrkdwn, skew: float | None) -> Mrkdwn:
        """Return ``sentence``, and how far the cloud's clock is from ours where that is more than a second."""
        if skew is None or abs(skew) <= 1:
            return sentence
        clock = "clock/ahead" if skew > 0 else "clock/behind"
        return Mrkdwn(f"{sentence} {self.say(clock, seconds=abs(round(skew)))}")

    def end(self, until: float | None) -> Mrkdwn:
        """Return until when something is frozen, with its day."""
        return self.say("freeze/no_end") if until is None else date(until, DAY_AND_TIME)

    def freezer(self, by: str) -> Mrkdwn:
        """Return who froze something: a person, or a calendar, whose name has no capitals."""
        return mention(by) if by[:1].isupper() else self.say("freeze/calendar", name=by)

    def _fact(self, name: str, value: object) -> object:
        if name in IDS:
            return IDS[name](str(value))
        if name == "frozen_by":
            return self.freezer(str(value))
        if name == "until":
            return self.end(value if isinstance(value, int | float) else None)
        if name in MOMENTS and isinstance(value, int | float):
            return date(value, MOMENTS[name])
        if name == "have":
            near = [code(str(one)) for one in value] if isinstance(value, list | tuple) else []
            return Mrkdwn(", ".join(near) or self.say("value/none"))
        return self.say(f"state/{value}") if name == "state" else value

    @staticmethod
    def _ready(value: object) -> object:
        return value if isinstance(value, Mrkdwn) or not isinstance(value, str) else escape(value)

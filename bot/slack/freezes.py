"""``/lb freeze`` and ``/lb unfreeze``: what they do the whole channel sees, what is frozen only who asks."""

from collections.abc import Sequence

from bot.domain.command import Freezing as Asked
from bot.domain.command import LiftFreeze, SetFreeze
from bot.domain.command.moments import Moment
from bot.domain.freezes import EVERY, Freeze, must_end_in_time
from bot.engine.freezing import Freezing, Order
from bot.slack.listing import in_one
from bot.slack.people import People
from bot.slack.reception import Reception
from bot.slack.wording import Mrkdwn, Wording, code, mention
from bot.slack.zones import meant
from bot.store.intake import Taken


class Freezes:
    """Answers what people ask of freezes; a channel is told in ``words``."""

    def __init__(
        self, reception: Reception, people: People, freezing: Freezing, words: Wording, *, command: str
    ) -> None:
        self._reception = reception
        self._people = people
        self._freezing = freezing
        self._words = words
        self._command = command

    async def answer(self, taken: Taken, asked: Asked) -> None:
        """Answer ``taken``, which asks ``asked``.

        Raises:
            Refusal: it can't be, or not by this person, or Slack didn't tell what that needs.
        """
        if isinstance(asked, SetFreeze):
            await self._set(taken, asked)
        elif isinstance(asked, LiftFreeze):
            order = self._order(taken, asked, example=f"{self._command} freeze")
            await self._freezing.lift(order, told=lambda freeze: lifted(freeze, order, self._words))
        else:
            words = self._reception.words(str(taken.body["user"]))
            await self._reception.answer(taken, listed(await self._freezing.standing(), words))

    async def _set(self, taken: Taken, asked: SetFreeze) -> None:
        since = taken.received_at  # what it means doesn't change while it waits to be worked on
        works = f"{self._command} freeze {asked.load_balancer} for 2h"
        if isinstance(asked.until, Moment):
            until = await meant(asked.until, str(taken.body["user"]), self._people, now=since)
        else:
            until = since + asked.until
        must_end_in_time(until, now=since, example=works)
        order = self._order(taken, asked, example=f"{self._command} unfreeze {asked.load_balancer}")
        await self._freezing.set(order, until=until, told=lambda freeze: frozen(freeze, self._words))

    @staticmethod
    def _order(taken: Taken, asked: SetFreeze | LiftFreeze, *, example: str) -> Order:
        return Order(
            load_balancer=asked.load_balancer,
            reason=asked.reason,
            by=str(taken.body["user"]),
            channel=str(taken.body["channel"]),
            key=taken.key,
            example=example,
        )


def frozen(freeze: Freeze, words: Wording) -> Mrkdwn:
    """Return what a channel is told of a freeze."""
    return words.say(
        "freeze/set",
        load_balancer=code(freeze.load_balancer),
        by=mention(freeze.by),
        until=words.end(freeze.until),
        reason=freeze.reason,
    )


def lifted(freeze: Freeze, order: Order, words: Wording) -> Mrkdwn:
    """Return what a channel is told of the end of a freeze."""
    facts = {"load_balancer": code(freeze.load_balancer), "by": mention(order.by), "reason": order.reason}
    return words.say("freeze/lifted_why" if order.reason else "freeze/lifted", **facts)


def listed(standing: Sequence[Freeze], words: Wording) -> Mrkdwn:
    """Return every freeze in a line of its own; what doesn't fit is counted."""
    if not standing:
        return words.say("freeze/none")
    entries = [_line(freeze, words) for freeze in standing]
    return in_one(words.say("freeze/intro"), entries, lambda left: words.say("freeze/more", count=left))


def _line(freeze: Freeze, words: Wording) -> Mrkdwn:
    every = freeze.load_balancer == EVERY
    return words.say(
        "freeze/line",
        load_balancer=words.say("freeze/every") if every else code(freeze.load_balancer),
        by=words.freezer(freeze.by),
        until=words.end(freeze.until),
        reason=freeze.reason,
    )

"""What a card says of its rule: who has to approve, who did, and who is called. Pure."""

from collections.abc import Iterable
from functools import reduce

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.change import OPEN, UNRULED, Change, State
from bot.domain.freezes import Freeze
from bot.domain.grant import grant_name
from bot.domain.policy import tally_of
from bot.slack.wording import DAY_AND_TIME, Mrkdwn, Wording, called, date, mention, mentions

CALLED = ("U", "W")  # what people's ids begin with


def is_plain(change: Change) -> bool:
    """Say whether one approval by any second person is all that is asked: then the card needs no words on its rule."""
    asks = change.ruled.asks
    return asks.stages == UNRULED.asks.stages and not asks.requester_counts


def waiting_for(change: Change, words: Wording) -> Mrkdwn:
    """Return for whom a card waits, how many of them, and until when."""
    counted = tally_of(change)
    stage = counted.stages[counted.open_stage or 0]
    expires = date(change.expires_at, DAY_AND_TIME)
    return words.say("card/waiting", missing=counted.missing, who=approvers(stage, words), expires=expires)


def rule_lines(change: Change, words: Wording) -> list[Mrkdwn]:
    """Return the lines of a card on its rule; none where the rule is the plain one and calls nobody.

    An emergency's card calls people for good: it runs while the card is on its way to them.
    """
    asks = change.state in OPEN and not change.is_emergency
    lines = frozen_lines(change.ruled.frozen, words) if asks else []
    if asks and not is_plain(change):
        lines.append(words.say("card/rule", rule=change.ruled.name, stages=stages(change.ruled.asks, words)))
        if change.approvals:
            lines.append(words.say("card/approved_by", by=mentions(one.person for one in change.approvals)))
    lines += in_advance(change, words)
    if (change.state is State.PENDING or change.is_emergency) and change.ruled.mentions:
        people = Mrkdwn(" ".join(called(one) for one in change.ruled.mentions))
        lines.append(words.say("card/called", people=people))
    return lines


def in_advance(change: Change, words: Wording) -> list[Mrkdwn]:
    """Return who approved in advance, with which grant, a line for each."""
    return [
        words.say("card/in_advance", by=mention(one.person), grant=grant_name(one.grant))
        for one in change.approvals
        if one.grant is not None
    ]


def frozen_lines(frozen: Iterable[Freeze], words: Wording) -> list[Mrkdwn]:
    """Return who froze it, until when and why, a line for each."""
    return [
        words.say("card/frozen", until=words.end(one.until), by=words.freezer(one.by), reason=one.reason)
        for one in frozen
    ]


def stages(asks: Asks, words: Wording) -> Mrkdwn:
    """Return whose approvals are asked, in their order."""
    each = [words.say("card/stage", count=stage.count, who=approvers(stage, words)) for stage in asks.stages]
    return reduce(lambda one, other: words.say("card/next", one=one, other=other), each)


def approvers(stage: Stage, words: Wording) -> Mrkdwn:
    """Return who may fill a place of ``stage``."""
    each = [_name(one, words) for one in stage.approvers]
    return reduce(lambda one, other: words.say("card/either", one=one, other=other), each)


def _name(one: str, words: Wording) -> Mrkdwn:
    if one == ANYONE:
        return words.say("card/anyone")
    is_person = one.startswith(CALLED) and one.isupper()
    return mention(one) if is_person else words.say("value/text", text=one)

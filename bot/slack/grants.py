"""``/lb grant``, ``grants`` and ``revoke``: what they do the whole channel sees, what there is only who asks."""

from collections.abc import Sequence

from bot.domain.change import Change
from bot.domain.command import GiveGrant, RevokeGrant
from bot.domain.command import Granting as Asked
from bot.domain.grant import Grant
from bot.engine.granting import Granting, Order
from bot.slack.listing import in_one
from bot.slack.reception import Reception
from bot.slack.wording import DAY_AND_TIME, Mrkdwn, Wording, code, date, mention, place
from bot.store.intake import Taken


class Grants:
    """Answers what people ask of grants; a channel is told in ``words``."""

    def __init__(self, reception: Reception, granting: Granting, words: Wording) -> None:
        self._reception = reception
        self._granting = granting
        self._words = words

    async def answer(self, taken: Taken, asked: Asked) -> None:
        """Answer ``taken``, which asks ``asked``.

        Raises:
            Refusal: it can't be, or not by this person, or Slack didn't tell what that needs.
        """
        user = str(taken.body["user"])
        if isinstance(asked, GiveGrant):
            order = self._order(taken, asked.reason)
            lasts, uses = asked.lasts, asked.uses
            await self._granting.give(order, asked.targets, lasts=lasts, uses=uses, told=self._given)
        elif isinstance(asked, RevokeGrant):
            order = self._order(taken, asked.reason)
            await self._granting.revoke(order, asked.grant, told=lambda grant: revoked(grant, order, self._words))
        else:
            words = self._reception.words(user)
            await self._reception.answer(taken, listed(await self._granting.active(user), words))

    def used(self, change: Change, grants: Sequence[Grant]) -> Mrkdwn:
        """Return what a channel is told of the ``grants`` that ``change`` began with."""
        return Mrkdwn("\n".join(used(change, grant, self._words) for grant in grants))

    def _given(self, grant: Grant) -> Mrkdwn:
        return given(grant, self._words)

    @staticmethod
    def _order(taken: Taken, reason: str) -> Order:
        user, channel = str(taken.body["user"]), str(taken.body["channel"])
        return Order(by=user, channel=channel, reason=reason, since=taken.received_at, key=taken.key)


def given(grant: Grant, words: Wording) -> Mrkdwn:
    """Return what a channel is told of a new grant."""
    return words.say(
        "grant/given",
        grant=grant.name,
        by=mention(grant.giver),
        targets=code(str(grant.targets)),
        uses=grant.uses,
        until=_end(grant),
        reason=grant.reason,
    )


def used(change: Change, grant: Grant, words: Wording) -> Mrkdwn:
    """Return what a channel is told of one use of a grant."""
    facts = {"grant": grant.name, "change": change.name, "by": mention(change.requester), "giver": mention(grant.giver)}
    if not grant.left:
        return words.say("grant/used_up", **facts)
    return words.say("grant/used", **facts, left=grant.left, uses=grant.uses, until=_end(grant))


def revoked(grant: Grant, order: Order, words: Wording) -> Mrkdwn:
    """Return what a channel is told of a grant that was ended."""
    facts = {"grant": grant.name, "targets": code(str(grant.targets)), "by": mention(order.by), "reason": order.reason}
    return words.say("grant/revoked_why" if order.reason else "grant/revoked", **facts)


def listed(active: Sequence[Grant], words: Wording) -> Mrkdwn:
    """Return every grant in a line of its own; what doesn't fit is counted."""
    if not active:
        return words.say("grant/none")
    entries = [_line(grant, words) for grant in active]
    return in_one(words.say("grant/intro"), entries, lambda left: words.say("grant/more", count=left))


def _line(grant: Grant, words: Wording) -> Mrkdwn:
    return words.say(
        "grant/line",
        grant=grant.name,
        by=mention(grant.giver),
        channel=place(grant.channel),
        targets=code(str(grant.targets)),
        left=grant.left,
        uses=grant.uses,
        until=_end(grant),
        reason=grant.reason,
    )


def _end(grant: Grant) -> Mrkdwn:
    return date(grant.until, DAY_AND_TIME)

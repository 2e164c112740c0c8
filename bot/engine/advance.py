"""Approvals given in advance: looked for when somebody asks for a change, and counted as it opens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from bot.domain.asks import Approval
from bot.domain.change import Change
from bot.domain.errors import Refusal
from bot.domain.grant import Grant
from bot.domain.policy import tally_of
from bot.domain.starts import begins_at
from bot.engine.approving import Approving, Enqueue
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.store import grants
from bot.store.book import Asked, Book
from bot.store.ledger import Ledger

Used = Callable[[Change, Sequence[Grant]], str]  # what a channel is told of the grants that a change began with
Givers = Mapping[str, frozenset[str]]  # who may approve, each with their groups
_log = structlog.get_logger(__name__)


class Advance:
    """What people approved in advance."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling
        self._approving = Approving(ruling, enqueue)

    async def givers(self, asked: Asked) -> Givers:
        """Return who approved in advance what is ``asked`` and may approve it now: nobody where the chat doesn't tell.

        Then people are asked as if there were no grant.
        """
        now = self._clock.now()
        begins = begins_at(asked.start, now)
        async with self._ledger.reading() as book:
            found = await grants.active(book, at=now, channel=asked.channel)
        people = {grant.giver for grant in found if grant.serves(asked.operation, asked.ruled, begins=begins)}
        if not people:
            return {}
        try:
            return await self._ruling.givers(people, asked.ruled, requester=asked.requester, channel=asked.channel)
        except Refusal as no:
            _log.warning("nothing counts that was approved in advance", refusal=no.code)
            return {}

    async def count(self, book: Book, change: Change, givers: Givers) -> tuple[Change, list[Grant]]:
        """Count what ``givers`` approved in advance of ``change``, which just opened, as far as it brings it nearer.

        Return it as it is then, and the grants that it used, each with what is left of it.
        """
        now, used = self._clock.now(), []
        able = await _able(book, change, givers, at=now)
        while grant := _next(change, able, givers):
            able.remove(grant)
            taken = await grants.use(book, grant, change, at=now)
            if taken is not None:
                used.append(taken)
                approvals = (*change.approvals, _approval(grant, givers, at=now))
                change = await self._approving.count(book, change, approvals, at=now)
        return change, used

    async def foreseen(self, book: Book, change: Change, givers: Givers) -> Change:
        """Return ``change``, which is not stored, with the approvals that ``count`` would store, were it opened now."""
        now = self._clock.now()
        able = await _able(book, change, givers, at=now)
        while grant := _next(change, able, givers):
            able.remove(grant)
            change = replace(change, approvals=(*change.approvals, _approval(grant, givers, at=now)))
        return change


async def _able(book: Book, change: Change, givers: Givers, *, at: float) -> list[Grant]:
    """Return the grants of ``givers`` that stand for an approval of ``change``, oldest first."""
    begins = begins_at(change.start, at)
    found = await grants.active(book, at=at, channel=change.channel) if givers else []
    return [one for one in found if one.giver in givers and one.serves(change.operation, change.ruled, begins=begins)]


def _approval(grant: Grant, givers: Givers, *, at: float) -> Approval:
    return Approval(person=grant.giver, at=at, groups=givers[grant.giver], grant=grant.id)


def _next(change: Change, able: Sequence[Grant], givers: Givers) -> Grant | None:
    """Return the oldest grant that brings ``change`` nearer: one for a later stage may, once another was counted."""
    tally = tally_of(change)
    return next((one for one in able if tally.adds(one.giver, givers[one.giver])), None)

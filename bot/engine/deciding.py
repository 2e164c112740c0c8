"""What people decide about a change: approve, reject, take back.

Each is one transaction that also finishes the intake row it answers, so that the same click counts once.
"""

from dataclasses import dataclass, replace

from bot.domain.approval import basis, digest
from bot.domain.asks import Approval, Ruled
from bot.domain.change import Change, Move, State
from bot.domain.policy import (
    FreezeChanged,
    NotYours,
    Person,
    RuleChanged,
    must_add,
    must_be_current,
    must_be_member,
    must_have_a_say,
    tally_of,
)
from bot.domain.starts import begins_at
from bot.engine.approving import Approving, Enqueue
from bot.engine.comparing import kept
from bot.engine.ports import Clock
from bot.engine.renewing import Renewing
from bot.engine.ruling import Ruling
from bot.engine.telling import cancel, tell_result
from bot.store import intake, outbox
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One press on a card: by whom, on which version, as which intake row."""

    change: int
    version: int
    person: Person
    key: str


class Decisions:
    """What a click on a card may do to a change."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling
        self._approving = Approving(ruling, enqueue)
        self._renewing = Renewing(ledger, clock, ruling)

    async def approve(self, click: Click) -> None:
        """Count an approval; the one that completes what the rule asks also enqueues the run, in one transaction.

        What starts later is not enqueued (``bot.engine.starting``); where its window shut meanwhile, it opens next.

        Raises:
            Refusal: this person may not, this card is no longer to be decided, or the chat didn't tell who may.
        """
        if await self._is_answered(click):
            return
        change, groups = await self._rights(click)
        still = await self._ruling.still(change, change.ruled.asks)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, click.key, at=now):
                return
            current = await book.change(click.change)
            must_be_current(current, click.version, now=now)
            if current.approvals != change.approvals:  # somebody approved meanwhile; whose rights were not asked for
                still |= {one.person: one.groups for one in current.approvals if one not in change.approvals}
            approvals = kept(current.approvals, still)
            counted = tally_of(replace(current, approvals=approvals))
            must_add(click.person, groups, current, counted)
            approvals = (*approvals, Approval(person=click.person.id, at=now, groups=groups))
            await self._approving.count(book, current, approvals, at=now)

    async def reject(self, click: Click, note: str) -> None:
        """Reject with a reason: one no is enough.

        Raises:
            Refusal: as ``approve``.
        """
        if await self._is_answered(click):
            return
        _, groups = await self._say(click)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, click.key, at=now):
                return
            change = await book.change(click.change)
            must_be_current(change, click.version, now=now)
            must_have_a_say(click.person, groups, change, tally_of(change))
            columns = {"decided_by": click.person.id, "decided_at": now, "note": note}
            rests_on = basis(change)
            facts = {"version": change.version, "note": note, "digest": digest(rests_on), "basis": rests_on}
            rejected = await book.move(change, Move.REJECT, actor=click.person.id, at=now, columns=columns, facts=facts)
            await outbox.want(book, rejected, Purpose.CARD, at=now)
            await tell_result(book, rejected, at=now)

    async def may_reject(self, click: Click) -> Change:
        """Return the change if ``reject`` would pass now, so that a form is worth opening.

        Raises:
            Refusal: as ``approve``.
        """
        change, groups = await self._say(click)
        must_have_a_say(click.person, groups, change, tally_of(change))
        return change

    async def may_approve(self, click: Click) -> Change:
        """Return the change if ``approve`` would pass now, so that a form is worth opening.

        Raises:
            Refusal: as ``approve``.
        """
        change, groups = await self._rights(click)
        must_add(click.person, groups, change, tally_of(change))
        return change

    async def _is_answered(self, click: Click) -> bool:
        async with self._ledger.reading() as book:
            return await intake.is_open(book, click.key) is False

    async def _rights(self, click: Click) -> tuple[Change, frozenset[str]]:
        """Return the change and the groups of who clicked, if the card is current and its rule is still the one.

        Raises:
            RuleChanged: it isn't; the card was renewed, and nobody's approval counts on the new one.
            FreezeChanged: so it was, since the load balancer was frozen meanwhile, or is no more.
            Refusal: as ``approve``.
        """
        change, groups = await self._say(click)
        now = self._clock.now()
        start = self._ruling.start(change.start, now=now)
        ruled = await self._ruling.now(change, change.facts, at=begins_at(start, now))
        if ruled is not change.ruled:
            await self._renew(click, ruled)
            if ruled.version == change.ruled.version:
                raise FreezeChanged(change=change.name, load_balancer=change.operation.load_balancer)
            raise RuleChanged(change=change.name, rule=ruled.name)
        return change, groups

    async def _say(self, click: Click) -> tuple[Change, frozenset[str]]:
        """Return the change and the groups of who clicked, if the card is current; whatever the rules say by now.

        Raises:
            Refusal: as ``approve``.
        """
        async with self._ledger.reading() as book:
            change = await book.change(click.change)
        must_be_current(change, click.version, now=self._clock.now())
        must_be_member(click.person, change)
        return change, await self._ruling.groups_of(click.person.id)

    async def _renew(self, click: Click, ruled: Ruled) -> None:
        """Ask people again, under another rule."""
        now = self._clock.now()
        async with self._ledger.writing() as book:
            change = await book.change(click.change)
            must_be_current(change, click.version, now=now)
            await self._renewing.renew(book, change, ruled, at=now)

    async def cancel(self, click: Click) -> None:
        """Take a change back that has not started.

        Raises:
            Refusal: another person's change, or it started or ended already.
        """
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, click.key, at=now):
                return
            change = await book.change(click.change)
            if change.state is not State.APPROVED:
                must_be_current(change, click.version, now=now)
            if click.person.id != change.requester:
                raise NotYours(change=change.name, requester=change.requester)
            await cancel(book, change, actor=click.person.id, at=now)

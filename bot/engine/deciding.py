"""What people decide about a change: approve, reject, take back.

Each is one transaction that also finishes the intake row it answers, so that the same click counts once.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.change import Change, Move, State
from bot.domain.policy import NotYours, Person, may_decide, must_be_current
from bot.engine.ports import Clock
from bot.engine.telling import cancel, line_up
from bot.store import intake, line, outbox
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose


class Enqueue(Protocol):
    """Queue the run of a change inside the caller's transaction."""

    async def __call__(self, book: Book, change: Change) -> None:
        """Queue it; nothing runs unless the transaction commits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One press on a card: by whom, on which version, as which intake row."""

    change: int
    version: int
    person: Person
    key: str


class Decisions:
    """What a click on a card may do to a change."""

    def __init__(self, ledger: Ledger, clock: Clock, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._clock = clock
        self._enqueue = enqueue

    async def approve(self, click: Click) -> None:
        """Approve and enqueue, in one transaction.

        Raises:
            Refusal: this person may not, or this card is no longer to be decided.
        """
        await self._decide(click, Move.APPROVE)

    async def reject(self, click: Click, note: str) -> None:
        """Reject with a reason.

        Raises:
            Refusal: as ``approve``.
        """
        await self._decide(click, Move.REJECT, note=note)

    async def may_approve(self, click: Click) -> Change:
        """Return the change if ``approve`` would pass now, so that a form is worth opening.

        Raises:
            Refusal: as ``approve``.
        """
        return await self.may_reject(click)

    async def may_reject(self, click: Click) -> Change:
        """Return the change if ``reject`` would pass now, so that a form is worth opening.

        Raises:
            Refusal: as ``approve``.
        """
        async with self._ledger.reading() as book:
            change = await book.change(click.change)
        must_be_current(change, click.version, now=self._clock.now())
        may_decide(click.person, change)
        return change

    async def _decide(self, click: Click, move: Move, *, note: str = "") -> None:
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, click.key, at=now):
                return
            change = await book.change(click.change)
            must_be_current(change, click.version, now=now)
            may_decide(click.person, change)
            columns: dict[str, Any] = {"decided_by": click.person.id, "decided_at": now, "note": note}
            if move is Move.APPROVE:
                columns["turn"] = await line.next_turn(book)
            facts = {"version": change.version, "note": note}
            decided = await book.move(change, move, actor=click.person.id, at=now, columns=columns, facts=facts)
            await outbox.want(book, decided, Purpose.CARD, at=now)
            if move is Move.APPROVE:
                await self._enqueue(book, decided)
                await line_up(book, decided.operation.load_balancer, at=now)
            else:
                await outbox.want(book, decided, Purpose.RESULT, at=now)

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

"""What the edge may ask of a change: open, decide, check again, expire.

Each is one transaction that also finishes the intake row it answers, so that the same click counts once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain.change import Change, Ending, Move, State
from bot.domain.checks import check
from bot.domain.errors import CloudError, Refusal
from bot.domain.operation import Operation
from bot.domain.policy import (
    NotUnknown,
    NotYours,
    Person,
    Policy,
    may_decide,
    must_be_current,
    must_be_member,
)
from bot.domain.task import TaskState
from bot.engine.ports import Clock, Cloud
from bot.engine.telling import cancel, finish, line_up
from bot.store import attempts, intake, line, outbox
from bot.store.attempts import Answer, Attempt
from bot.store.book import SYSTEM, Asked, Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose

FORGOTTEN_SECONDS = 3600.0  # a task the cloud tells nothing of for so long has ended; the value says how


class Enqueue(Protocol):
    """Queue the run of a change inside the caller's transaction."""

    async def __call__(self, book: Book, change: Change) -> None:
        """Queue it; nothing runs unless the transaction commits."""


Tell = Callable[[Book, Change], Awaitable[None]]  # an answer, stored with what it tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One press on a card: by whom, on which version, as which intake row."""

    change: int
    version: int
    person: Person
    key: str


class Changes:
    """The door to every change."""

    def __init__(self, ledger: Ledger, cloud: Cloud, clock: Clock, policy: Policy, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._policy = policy
        self._enqueue = enqueue

    async def open(self, operation: Operation, reason: str, *, requester: str, channel: str, key: str) -> Change | None:
        """Check ``operation`` against the live load balancer and ask for a second person.

        Returns None where the intake ``key`` was answered before.

        Raises:
            Refusal: the change can't be; nothing is stored as a change.
            CloudError: the cloud could not be read.
        """
        facts = await self._cloud.observe(operation.load_balancer, operation.listener)
        backend = check(operation, facts, needs_health_check=self._policy.needs_health_check)
        self._cloud.must_reach(operation, backend.bind_type)
        now = self._clock.now()
        asked = Asked(
            operation=operation,
            facts=facts,
            reason=reason,
            requester=requester,
            channel=channel,
            created_at=now,
            expires_at=now + self._policy.expires_after,
        )
        async with self._ledger.writing() as book:
            if not await intake.finish(book, key, at=now):
                return None
            change = await book.open_change(asked, key=key)
            await outbox.want(book, change, Purpose.CARD, at=now)
        return change

    async def read(self, number: int) -> Change:
        """Return the change as it stands.

        Raises:
            NoSuchChange: there is none.
        """
        async with self._ledger.reading() as book:
            return await book.change(number)

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
        change = await self.read(click.change)
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

    async def check_again(self, click: Click, tell: Tell | None = None) -> Change | None:
        """Read once more what an UNKNOWN change left behind; return it, or None where this click was answered before.

        ``tell`` answers the person in the same transaction.

        Raises:
            Refusal: this person may not, or the outcome is known already.
        """
        change = await self.read(click.change)
        must_be_member(click.person, change)
        if change.state is not State.UNKNOWN:
            raise NotUnknown(change=change.name, state=change.state)
        async with self._ledger.reading() as book:
            made = await attempts.made(book, change.id)
        ending = await self._look_again(change, made)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, click.key, at=now):
                return None
            change = await book.change(click.change)
            found = {"found": ending or "nothing new"}
            await book.record(click.person.id, "checked_again", at=now, change=change.id, facts=found)
            if ending is not None and change.state is State.UNKNOWN:
                change = await finish(book, change, ending, {}, at=now, actor=click.person.id)
            if tell is not None:
                await tell(book, change)
        return change

    async def _look_again(self, change: Change, made: list[Attempt]) -> Ending | None:
        """Return the ending that the cloud now tells, or None while nobody knows."""
        accepted = next((one for one in reversed(made) if one.answer is Answer.ACCEPTED), None)
        state = await self._state_of(accepted) if accepted else None
        try:
            facts = await self._cloud.observe(change.operation.load_balancer, change.operation.listener)
        except (CloudError, Refusal):
            return None
        done = change.operation.is_done(facts)
        if done:
            return Ending.VERIFIED_BY_READING
        if done is None:
            return Ending.TASK_ALONE if state is TaskState.DONE else None
        if state in {TaskState.RUNNING, TaskState.UNCLEAR}:
            return None
        if change.operation.before(change.facts) not in (None, change.operation.before(facts)):
            return Ending.OVERTAKEN
        return Ending.TASK_FAILED if state is TaskState.FAILED else Ending.NOT_APPLIED

    async def _state_of(self, accepted: Attempt) -> TaskState:
        try:
            return await self._cloud.task(accepted.task)
        except CloudError:  # what the cloud says of a task it forgot is not documented (fact sheet, Q37)
            forgotten = self._clock.now() - accepted.called_at >= FORGOTTEN_SECONDS
            return TaskState.FAILED if forgotten else TaskState.UNCLEAR

    async def expire_overdue(self) -> None:
        """Expire what nobody decided in time; harmless when two sweeps meet."""
        now = self._clock.now()
        async with self._ledger.reading() as book:
            overdue = await book.find(State.PENDING, expired_at=now)
        for change in overdue:
            async with self._ledger.writing() as book:
                current = await book.change(change.id)
                if current.state is State.PENDING and current.expires_at <= now:
                    expired = await book.move(current, Move.EXPIRE, actor=SYSTEM, at=now)
                    await outbox.want(book, expired, Purpose.CARD, at=now)
                    await outbox.want(book, expired, Purpose.RESULT, at=now)

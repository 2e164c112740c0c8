"""What the edge may ask of a change besides a decision: open, check again, expire.

Each is one transaction that also finishes the intake row it answers, so that the same click counts once.
"""

from collections.abc import Awaitable, Callable

from bot.domain.change import Change, Ending, Move, State
from bot.domain.checks import check
from bot.domain.errors import CloudError, Refusal
from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.policy import NotUnknown, must_be_ahead, must_be_member
from bot.domain.starts import Start, begins_at, expires_at
from bot.domain.task import TaskState
from bot.engine.advance import Advance, Used
from bot.engine.approving import Enqueue
from bot.engine.deciding import Click
from bot.engine.ports import Clock, Cloud
from bot.engine.ruling import Ruling
from bot.engine.telling import finish, tell_result
from bot.store import attempts, intake, outbox, sent
from bot.store.attempts import Answer, Attempt
from bot.store.book import SYSTEM, Asked, Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose

FORGOTTEN_SECONDS = 3600.0  # a task the cloud tells nothing of for so long has ended; the value says how

Tell = Callable[[Book, Change], Awaitable[None]]  # an answer, stored with what it tells


async def possible(cloud: Cloud, operation: Operation, *, needs_health_check: bool) -> Facts:
    """Return what is true of the load balancer now, where ``operation`` can be.

    Raises:
        Refusal: it can't.
        CloudError: the cloud could not be read.
    """
    facts = await cloud.observe(operation.load_balancer, operation.listener)
    backend = check(operation, facts, needs_health_check=needs_health_check)
    cloud.must_reach(operation, backend.bind_type)
    return facts


def _unstored(asked: Asked) -> Change:
    return Change(
        id=0,
        state=State.PENDING,
        version=1,
        operation=asked.operation,
        facts=asked.facts,
        ruled=asked.ruled,
        reason=asked.reason,
        requester=asked.requester,
        channel=asked.channel,
        created_at=asked.created_at,
        expires_at=asked.expires_at,
        start=asked.start,
    )


class Changes:
    """The door to every change."""

    def __init__(self, ledger: Ledger, cloud: Cloud, clock: Clock, ruling: Ruling, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._ruling = ruling
        self._advance = Advance(ledger, clock, ruling, enqueue)

    async def open(
        self,
        operation: Operation,
        reason: str,
        *,
        requester: str,
        channel: str,
        key: str,
        start: Start | None = None,
        used: Used | None = None,
        preview: str = "",
    ) -> Change | None:
        """Check ``operation`` against the live load balancer and ask for a second person.

        ``start`` is when it is to start once approved, None: at once; a window opens from then on. What was approved in
        advance is counted, and where nothing more is asked it is approved with that; ``used`` says what the channel is
        told of it. Returns None where the intake ``key`` was answered before.

        Where it is what a preview showed, ``preview`` is the intake key of that one: it becomes one change at most.

        Raises:
            Refusal: the change can't be; nothing is stored as a change.
            CloudError: the cloud could not be read.
        """
        if preview:
            async with self._ledger.reading() as book:
                await sent.must_not_be_sent(book, preview)
        asked = await self._asked(operation, reason, requester=requester, channel=channel, start=start)
        return await self._opened(asked, key, used, preview)

    async def foreseen(
        self, operation: Operation, reason: str, *, requester: str, channel: str, start: Start | None = None
    ) -> Change:
        """Return the change that ``open`` would open now, with the approvals it would begin with; number 0, not stored.

        Raises:
            Refusal: as ``open``.
            CloudError: as ``open``.
        """
        asked = await self._asked(operation, reason, requester=requester, channel=channel, start=start)
        givers = await self._advance.givers(asked)
        async with self._ledger.reading() as book:
            await book.must_be_free(operation.target)
            return await self._advance.foreseen(book, _unstored(asked), givers)

    async def _asked(
        self, operation: Operation, reason: str, *, requester: str, channel: str, start: Start | None
    ) -> Asked:
        """Check ``operation`` against the live load balancer and the rules; nothing is stored."""
        must_be_ahead(start, now=self._clock.now())
        facts = await possible(self._cloud, operation, needs_health_check=self._ruling.policy.needs_health_check)
        now = self._clock.now()
        start = self._ruling.start(start, now=now)
        at = begins_at(start, now)
        ruled = await self._ruling.asked(operation, facts, reason, requester=requester, channel=channel, at=at)
        return Asked(
            operation=operation,
            facts=facts,
            ruled=ruled,
            reason=reason,
            requester=requester,
            channel=channel,
            created_at=now,
            expires_at=expires_at(start, now=now, expires_after=ruled.asks.expires_after),
            start=start,
        )

    async def _opened(self, asked: Asked, key: str, used: Used | None, preview: str) -> Change | None:
        givers = await self._advance.givers(asked)
        async with self._ledger.writing() as book:
            if not await intake.finish(book, key, at=asked.created_at):
                return None
            if preview:
                await sent.must_not_be_sent(book, preview)
            change = await book.open_change(asked, key=preview or key)
            await outbox.want(book, change, Purpose.CARD, at=asked.created_at)
            change, taken = await self._advance.count(book, change, givers)
            if taken and used is not None:
                body = {"text": used(change, taken), "by": change.requester}
                await outbox.notice(book, key=key, channel=change.channel, body=body, at=asked.created_at)
        return change

    async def read(self, number: int) -> Change:
        """Return the change as it stands.

        Raises:
            NoSuchChange: there is none.
        """
        async with self._ledger.reading() as book:
            return await book.change(number)

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
            found = {"found": ending or "nothing new", "version": click.version}
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
                    await tell_result(book, expired, at=now)

"""The steps that move a change. Each may run again after a crash: what it did before it finds in the ledger."""

from collections.abc import Mapping
from typing import Any

from bot.domain.change import Change, Ending, Move, Moved, Run, State
from bot.domain.checks import NothingToChange, check
from bot.domain.errors import Blame, CloudError, Refusal
from bot.domain.facts import Facts
from bot.domain.policy import Policy
from bot.engine.calling import HELD, STOPPED, Calling
from bot.engine.limits import FIRST_BACK_OFF, Limits, Wait, next_poll
from bot.engine.ports import Clock, Cloud
from bot.engine.standing import ALONE, Place
from bot.engine.telling import finish, line_up, progress
from bot.store import attempts, line, outbox
from bot.store.attempts import Answer
from bot.store.book import SYSTEM, moved_to_json
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose

UNREADABLE = "unreadable"  # the code, as the cloud client gives it, of an answer without what was asked


class Steps:
    """Turn, guarded call, end."""

    def __init__(
        self,
        ledger: Ledger,
        cloud: Cloud,
        clock: Clock,
        policy: Policy,
        limits: Limits,
        *,
        place: Place = ALONE,
    ) -> None:
        self._calling = Calling(ledger, cloud, clock, place, limits)
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._policy = policy
        self._limits = limits

    async def take_turn(self, run: Run) -> str:
        """Wait until the load balancer is this run's, and take it: ``go``, or ``gone`` if nothing is to run.

        One step however long it takes: a wait that was written down each second would grow with every waiting change.
        """
        while (turn := await self.start(run)) == "wait":
            await self._until_first(run)
        return turn

    async def start(self, run: Run) -> str:
        """Take the load balancer now: ``go``, ``wait`` while others are ahead, ``gone`` if nothing is to run."""
        now = self._clock.now()
        async with self._ledger.writing() as book:
            change = await book.change(run.change)
            if change.run != run or change.state not in {State.APPROVED, State.RUNNING}:
                return "gone"  # cancelled, or asked again meanwhile
            if change.state is State.RUNNING:
                return "go"  # taken before a crash
            load_balancer = change.operation.load_balancer
            if await line.ahead(book, change):
                await line_up(book, load_balancer, at=now)
                return "wait"
            change = await book.move(change, Move.START, actor=SYSTEM, at=now, columns={"started_at": now})
            await outbox.want(book, change, Purpose.CARD, at=now)
            await progress(book, change, "checking", at=now)
            await line_up(book, load_balancer, at=now)
        return "go"

    async def _until_first(self, run: Run) -> None:
        while True:
            await self._clock.sleep(self._limits.turn)
            async with self._ledger.reading() as book:
                change = await book.change(run.change)
                if change.state is not State.APPROVED or not await line.ahead(book, change):
                    return

    async def back_off(self, _number: int, tries: int) -> None:
        """Wait longer after each call that never left this machine: 1, 2, 4 s."""
        await self._clock.sleep(FIRST_BACK_OFF * 2 ** (tries - 1))

    async def _guard(self, change: Change, *, unclear: bool) -> bool:
        """Say whether what was approved still holds; if not, end the run or ask people again.

        ``unclear`` says that an earlier call was not answered, so that nobody can be told that nothing was called.
        """
        operation = change.operation
        try:
            facts = await self._readable(change)
            backend = check(operation, facts, needs_health_check=self._policy.needs_health_check)
            self._cloud.must_reach(operation, backend.bind_type)
        except NothingToChange:
            await self.end(change.id, Ending.VERIFIED_BY_READING if unclear else Ending.ALREADY_THERE)
        except Refusal as refusal:
            found = {"refusal": refusal.code, **refusal.facts}
            await self.end(change.id, Ending.UNSETTLED if unclear else Ending.NO_LONGER_POSSIBLE, found)
        except CloudError as error:
            await self.end(change.id, Ending.UNREADABLE if unclear else Ending.NOT_READ, _of(error))
        else:
            moved = _moved(change, facts)
            if not moved:
                return True
            if unclear:
                await self.end(change.id, Ending.UNSETTLED)
            else:
                await self._ask_again(change, facts, moved)
        return False

    async def _readable(self, change: Change) -> Facts:
        """Return what is true now, with the value that approvers saw: what can't be read can't be compared.

        Raises:
            CloudError: not to be read within ``Limits.guard``.
        """
        operation = change.operation
        limit = Wait(self._clock, self._limits.guard)
        while True:
            try:
                facts = await self._cloud.observe(operation.load_balancer, operation.listener)
            except CloudError as error:
                silence = error
                if error.blame not in {Blame.NETWORK, Blame.SERVER}:
                    raise
            else:
                bound = facts.backend(operation.host, operation.port) is not None
                if not bound or operation.before(facts) is not None or operation.before(change.facts) is None:
                    return facts
                silence = CloudError(UNREADABLE, action=operation.description.v3_action, blame=Blame.SERVER)
            if limit.is_over:
                raise silence
            await self._clock.sleep(self._limits.look)

    async def _ask_again(self, change: Change, facts: Facts, moved: tuple[Moved, ...]) -> None:
        now = self._clock.now()
        columns = {
            "version": change.version + 1,
            "facts": facts.to_json(),
            "moved": moved_to_json(moved),
            "expires_at": now + self._policy.expires_after,
            "decided_by": None,
            "decided_at": None,
            "started_at": None,
        }
        async with self._ledger.writing() as book:
            again = await book.move(
                change, Move.ASK_AGAIN, actor=SYSTEM, at=now, columns=columns, facts={"moved": moved_to_json(moved)}
            )
            await outbox.want(book, again, Purpose.CARD, at=now)
            await progress(book, again, "asked_again", at=now)
            body = {"approver": change.decided_by, "moved": moved_to_json(moved)}
            await outbox.want(book, again, f"{Purpose.MOVED}:{again.version}", at=now, body=body)

    async def call(self, run: Run, nth: int) -> str:
        """Guard, mark, and make the ``nth`` modify call of ``run`` (from 1); return its ``Answer``, or ``STOPPED``.

        All in one step: after a crash before the mark the guard looks anew, after it nobody calls again and the answer
        is the stored one, or ``unanswered``. A call that is held, since our own database is too slow or away, is
        none: it waits for as long as that lasts, and the guard looks anew each time.
        """
        number = attempts.number(run, nth)
        async with self._ledger.reading() as book:
            change = await book.change(run.change)
            made = {one.number: one for one in await attempts.made(book, run.change)}
        if number in made:
            return made[number].answer
        if change.run != run or change.state is not State.RUNNING:
            return STOPPED
        unclear = any(one.answer is Answer.UNANSWERED for one in made.values())
        wait = self._limits.turn
        while (answer := await self._guarded(run, change, number, unclear=unclear)) == HELD:
            await self._clock.sleep(wait)
            wait = next_poll(wait, self._limits.poll_most)
        return answer

    async def _guarded(self, run: Run, change: Change, number: int, *, unclear: bool) -> str:
        if not await self._guard(change, unclear=unclear):
            return STOPPED
        return await self._calling.once(run, change, number)

    async def broken(self, number: int) -> None:
        """End a run that a fault of ours broke off: nobody knows once a call was marked, else nothing was done."""
        async with self._ledger.reading() as book:
            made = await attempts.made(book, number)
        called = any(one.answer in {Answer.ACCEPTED, Answer.UNANSWERED} for one in made)
        await self.end(number, Ending.UNREADABLE if called else Ending.BROKEN_OFF)

    async def end(self, number: int, ending: str, findings: Mapping[str, Any] | None = None) -> None:
        """Write how it ended: state, card, progress line and result, in one transaction."""
        now = self._clock.now()
        async with self._ledger.writing() as book:
            change = await book.change(number)
            if change.state is State.RUNNING:
                await finish(book, change, Ending(ending), findings or {}, at=now)


def _moved(change: Change, facts: Facts) -> tuple[Moved, ...]:
    was, now = change.operation.relies_on(change.facts), change.operation.relies_on(facts)
    return tuple(
        Moved(fact=fact, was=was[fact], now=now[fact])
        for fact in was
        if was[fact] != now[fact]
        and was[fact] is not None  # None: was not known to approvers, so they didn't rely on it
        and not (was[fact] is True and fact in change.operation.description.eases)
    )


def _of(error: CloudError) -> dict[str, object]:
    return {"code": error.code, "request_id": error.request_id, "message": error.message, "skew": error.skew}

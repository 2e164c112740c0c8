"""The steps that move a change. Each may run again after a crash: what it did before it finds in the ledger."""

from collections.abc import Mapping
from typing import Any

from bot.domain.change import Change, Ending, Move, Run, State
from bot.engine.calling import FROZEN, HELD, STOPPED, Calling
from bot.engine.guard import Guard
from bot.engine.limits import FIRST_BACK_OFF, Limits, next_poll
from bot.engine.ports import Clock, Cloud
from bot.engine.standing import ALONE, Place
from bot.engine.telling import end, line_up, progress
from bot.store import attempts, line, outbox
from bot.store.attempts import Answer
from bot.store.book import SYSTEM
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose


class Steps:
    """Turn, guarded call, end."""

    def __init__(
        self,
        ledger: Ledger,
        cloud: Cloud,
        clock: Clock,
        guard: Guard,
        limits: Limits,
        *,
        place: Place = ALONE,
    ) -> None:
        self._calling = Calling(ledger, cloud, clock, place, limits)
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._guard = guard
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
            if change.run != run or change.state not in {State.APPROVED, State.RUNNING} or change.waits_for_start:
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

    async def call(self, run: Run, nth: int) -> str:
        """Guard, mark, and make the ``nth`` modify call of ``run`` (from 1); return its ``Answer``, or ``STOPPED``.

        All in one step: after a crash before the mark the guard looks anew, after it nobody calls again and the answer
        is the stored one, or ``unanswered``. A call that is held, since our own database is too slow or away, is
        none: it waits for as long as that lasts, and the guard looks anew each time; so it does once at a freeze.
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
        while (answer := await self._guarded(run, change, number, unclear=unclear)) in {FROZEN, HELD}:
            await self._clock.sleep(wait)
            wait = next_poll(wait, self._limits.poll_most)
        return answer

    async def _guarded(self, run: Run, change: Change, number: int, *, unclear: bool) -> str:
        ruled = await self._guard.holds(change, unclear=unclear)
        return STOPPED if ruled is None else await self._calling.once(run, change, number, ruled.frozen)

    async def broken(self, number: int) -> None:
        """End a run that a fault of ours broke off: nobody knows once a call was marked, else nothing was done."""
        async with self._ledger.reading() as book:
            made = await attempts.made(book, number)
        called = any(one.answer in {Answer.ACCEPTED, Answer.UNANSWERED} for one in made)
        await self.end(number, Ending.UNREADABLE if called else Ending.BROKEN_OFF)

    async def end(self, number: int, ending: str, findings: Mapping[str, Any] | None = None) -> None:
        """Write how it ended: state, card, progress line and result, in one transaction."""
        await end(self._ledger, number, Ending(ending), findings or {}, at=self._clock.now())

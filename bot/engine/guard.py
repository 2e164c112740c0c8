"""The guard: directly before a call, what was approved must still hold, and so must the approvals."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.asks import Ruled
from bot.domain.change import Change, Ending, Move, Moved
from bot.domain.checks import NothingToChange, check
from bot.domain.errors import Blame, CloudError, NotTold, Refusal
from bot.domain.facts import Facts
from bot.domain.policy import is_late
from bot.domain.starts import START, Start, begins_at, expires_at
from bot.engine.comparing import differences
from bot.engine.limits import Limits, Wait
from bot.engine.ports import Clock, Cloud
from bot.engine.ruling import Ruling
from bot.engine.telling import end, progress, tell_moved
from bot.store import outbox
from bot.store.book import SYSTEM
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.rows import moved_to_json, start_columns, start_facts

UNREADABLE = "unreadable"  # the code, as the cloud client gives it, of an answer without what was asked


class Guard:
    """What stands between an approval and its call."""

    def __init__(self, ledger: Ledger, cloud: Cloud, clock: Clock, ruling: Ruling, limits: Limits) -> None:
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._ruling = ruling
        self._limits = limits

    async def holds(self, change: Change, *, unclear: bool) -> Ruled | None:
        """Return the rule of now under which what was approved still holds; if none, end the run or ask people again.

        ``unclear`` says that an earlier call was not answered, so that nobody can be told that nothing was called.
        """
        try:
            facts = await self._readable(change)
            self._must_be_possible(change, facts)
            start, late = self._start(change)
            ruled, moved = await self._compared(change, facts, start, (*_moved(change, facts), *late))
        except NothingToChange:
            await self._end(change, Ending.VERIFIED_BY_READING if unclear else Ending.ALREADY_THERE)
        except Refusal as refusal:
            found = {"refusal": refusal.code, **refusal.facts}
            await self._end(change, Ending.UNSETTLED if unclear else Ending.NO_LONGER_POSSIBLE, found)
        except CloudError as error:
            await self._end(change, Ending.UNREADABLE if unclear else Ending.NOT_READ, _of(error))
        else:
            if not moved:
                return ruled
            if unclear:
                await self._end(change, Ending.UNSETTLED)
            else:
                await self._ask_again(replace(change, facts=facts, start=start), change.start, ruled, moved)
        return None

    def _must_be_possible(self, change: Change, facts: Facts) -> None:
        needs = self._ruling.policy.needs_health_check
        backend = check(change.operation, facts, needs_health_check=needs)
        self._cloud.must_reach(change.operation, backend.bind_type)

    def _start(self, change: Change) -> tuple[Start | None, tuple[Moved, ...]]:
        """Return when it may start now, and what that says where it is not the start that was approved.

        What comes too late for its moment is to start at once, if people still want it; a window opens again.

        Raises:
            Refusal: the policy has no such window by now, or it doesn't open soon enough.
        """
        now, was = self._clock.now(), change.start
        if was is None:
            return None, ()
        if is_late(was, now=now):
            return None, (Moved(fact=START, was=was.at, now=now),)
        start = self._ruling.start(was, now=now)
        shut = start is not None and start.at > begins_at(was, now)
        return start, (Moved(fact=START, was=was.at, now=start.at),) if start and shut else ()

    async def _compared(
        self, change: Change, facts: Facts, start: Start | None, moved: tuple[Moved, ...]
    ) -> tuple[Ruled, tuple[Moved, ...]]:
        """Return the rule that applies now, and all that no longer holds: what ``moved``, and what of the approvals.

        Nothing told is nothing held. Of an emergency that no longer holds it is the rule for people to be asked under.

        Raises:
            Refusal: a rule forbids by now what was approved.
        """
        limit = Wait(self._clock, self._limits.guard)
        while True:
            at = begins_at(start, self._clock.now())
            try:
                ruled = await self._ruling.now(change, facts, at=at)
                found = (*moved, *differences(change, ruled, await self._ruling.still(change, ruled.asks)))
                if found and change.is_emergency:
                    ruled = await self._ruling.ordinary(change, facts, at=at)
            except NotTold:
                if limit.is_over:
                    return change.ruled, (*moved, Moved(fact="approvals", was=len(change.approvals), now=None))
            else:
                return ruled, found
            await self._clock.sleep(self._limits.look)

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

    async def _ask_again(self, change: Change, was: Start | None, ruled: Ruled, moved: tuple[Moved, ...]) -> None:
        """Ask people again about ``change``, as it is to be by now; ``was`` is when it was to start."""
        now = self._clock.now()
        columns = {
            "version": change.version + 1,
            "facts": change.facts.to_json(),
            "moved": moved_to_json(moved),
            "rule": ruled.to_json(),
            "approvals": [],
            "expires_at": expires_at(change.start, now=now, expires_after=ruled.asks.expires_after),
            **start_columns(change.start),
            "turn": None,
            "decided_by": None,
            "decided_at": None,
            "started_at": None,
        }
        told = {"moved": moved_to_json(moved), **start_facts(was, change.start)}
        async with self._ledger.writing() as book:
            again = await book.move(change, Move.ASK_AGAIN, actor=SYSTEM, at=now, columns=columns, facts=told)
            await outbox.want(book, again, Purpose.CARD, at=now)
            await progress(book, again, "asked_again", at=now)
            await tell_moved(book, change, again, moved, at=now)

    async def _end(self, change: Change, ending: Ending, findings: Mapping[str, object] | None = None) -> None:
        await end(self._ledger, change.id, ending, findings or {}, at=self._clock.now())


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

"""The steps that watch the cloud after the call: its task, the value, the health."""

from bot.domain.change import Change, Ending
from bot.domain.errors import CloudError, Refusal
from bot.domain.facts import Facts
from bot.domain.task import TaskState
from bot.engine.limits import Limits, Wait, next_poll
from bot.engine.ports import Clock, Cloud
from bot.engine.telling import progress
from bot.store import attempts
from bot.store.attempts import Answer
from bot.store.ledger import Ledger


class Follow:
    """Follow the task, settle by reading, read back, watch health."""

    def __init__(self, ledger: Ledger, cloud: Cloud, clock: Clock, limits: Limits) -> None:
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._limits = limits

    async def task(self, number: int) -> str:
        """Follow the accepted call's task to its end; ``TaskState``, where ``running`` means: not in time."""
        change, task, called_at = await self._accepted(number)
        limit = Wait(self._clock, self._limits.task, since=called_at)
        wait = self._limits.poll_first
        while True:
            state = await self._task_state(task)
            await self._show(change, "following", task=task)
            if state in {TaskState.DONE, TaskState.FAILED}:
                return state
            if limit.is_over:
                return TaskState.RUNNING
            await self._clock.sleep(wait)
            wait = next_poll(wait, self._limits.poll_most)

    async def read_back(self, number: int, task: str) -> str:
        """Read what stands there now that the task ended as ``task``; return the ``Ending``."""
        change, _, _ = await self._accepted(number)
        await self._show(change, "verifying")
        limit = Wait(self._clock, self._limits.read_back)
        seen = Ending.UNREADABLE
        while True:
            found = _found(change, await self._look(change))
            seen = seen if found is Ending.UNREADABLE else found  # a failed look doesn't undo what was seen
            late = found is Ending.NOT_APPLIED and task == TaskState.DONE  # the new value may still come to show
            if (found is not Ending.UNREADABLE and not late) or limit.is_over:
                return _judge(task, seen)
            await self._clock.sleep(self._limits.look)

    async def settle(self, number: int) -> str:
        """Find out by reading whether an unanswered call took effect; return the ``Ending``.

        The window begins here and not with the call: after a crash it is looked for once more in full, since a clock
        that was set forward meanwhile must not bring the second call too early.
        """
        async with self._ledger.reading() as book:
            change = await book.change(number)
        window = Wait(self._clock, self._limits.settle)
        while True:
            await self._show(change, "settling")
            found = _found(change, await self._look(change))
            if found is Ending.VERIFIED_BY_READING or window.is_over:
                return found  # what stands at the end counts: before it, our call may still take effect
            await self._clock.sleep(self._limits.look)

    async def health(self, number: int, ending: str) -> str:
        """Watch the backend for as long as a change of health can take to show, and note the verdict.

        Returns the ending: what rested on the task's word alone is judged anew if a look shows the value after all.
        """
        step = "watching_unread" if ending == Ending.TASK_ALONE else "watching"
        async with self._ledger.reading() as book:
            change = await book.change(number)
        listener = change.facts.listener
        if not listener.health_check:
            return ending
        watch = Wait(self._clock, listener.watch_seconds)
        seen: list[str] = []
        value = Ending.UNREADABLE
        while True:
            facts = await self._look(change)
            value = value if (found := _found(change, facts)) is Ending.UNREADABLE else found
            backend = facts.backend(change.operation.host, change.operation.port) if facts else None
            seen.append(backend.health if backend else "")
            await self._show(change, step, health=seen[-1], of=listener.watch_seconds)
            if watch.is_over:
                break
            await self._clock.sleep(min(self._limits.look, watch.left))
        verdict = {"health": seen[-1], "watched": round(watch.elapsed), "alive": facts.alive if facts else None}
        async with self._ledger.writing() as book:
            await book.set_findings(change.id, verdict)
        return _judge(TaskState.DONE, value) if ending == Ending.TASK_ALONE else ending

    async def _accepted(self, number: int) -> tuple[Change, str, float]:
        async with self._ledger.reading() as book:
            change = await book.change(number)
            made = await attempts.made(book, number)
        last = next(one for one in reversed(made) if one.answer is Answer.ACCEPTED)
        return change, last.task, last.called_at

    async def _task_state(self, task: str) -> TaskState:
        try:
            return await self._cloud.task(task)
        except CloudError:
            return TaskState.UNCLEAR  # the next poll asks again; the time limit ends it

    async def _look(self, change: Change) -> Facts | None:
        operation = change.operation
        try:
            return await self._cloud.observe(operation.load_balancer, operation.listener)
        except (CloudError, Refusal):
            return None

    async def _show(self, change: Change, step: str, **facts: object) -> None:
        now = self._clock.now()
        async with self._ledger.writing() as book:
            await progress(book, change, step, at=now, **facts)


def _found(change: Change, facts: Facts | None) -> Ending:
    """Return what a read shows: done, not done, a third value, or nothing."""
    operation = change.operation
    done = operation.is_done(facts) if facts else None
    if done is None or facts is None:
        return Ending.UNREADABLE
    if done:
        return Ending.VERIFIED_BY_READING
    before = operation.before(change.facts)
    return Ending.NOT_APPLIED if before in (None, operation.before(facts)) else Ending.OVERTAKEN


def _judge(task: str, found: Ending) -> Ending:
    """Return the ending from the task's word and what was read."""
    if task == TaskState.DONE:
        return {Ending.VERIFIED_BY_READING: Ending.VERIFIED, Ending.UNREADABLE: Ending.TASK_ALONE}.get(found, found)
    if task == TaskState.FAILED:
        return {Ending.VERIFIED_BY_READING: Ending.FAILED_YET_APPLIED, Ending.NOT_APPLIED: Ending.TASK_FAILED}.get(
            found, found
        )
    return found if found is Ending.VERIFIED_BY_READING else Ending.TASK_STUCK  # it may still take effect

"""A run that dies and begins again ends as if nothing had happened, with no call too many."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.task import Receipt, TaskState
from bot.engine.doing import OtherShape, Step
from bot.engine.ports import Cloud as CloudPort
from bot.store import attempts
from bot.store.attempts import Answer
from tests.rooms.engine.endings import CASES, Case
from tests.rooms.engine.world import World
from tests.unit.slack.making import ENDS

STEPS = ("take_turn", "call", "task", "read_back", "health", "end")


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Recorded:
    """Answers finished steps from their checkpoints, as the durable engine does; dies once behind each of ``crashes``.

    A step dies between its effect and its checkpoint. ``crashes`` are places in the run, counted from 0; the one that
    struck is taken out.
    """

    crashes: set[int] = field(default_factory=set)
    results: list[tuple[str, str]] = field(default_factory=list)
    at: int = 0

    async def __call__(self, step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
        place, self.at = self.at, self.at + 1
        if place < len(self.results):
            name, result = self.results[place]
            assert name == step.__name__, "the story took another way than before the crash"
            return json.loads(result)
        result = json.dumps(await step(*args))
        if place in self.crashes:
            self.crashes.remove(place)
            raise Crash
        self.results.append((step.__name__, result))
        return json.loads(result)

    async def patched(self, name: str) -> bool:
        known = self.results[self.at][0] if self.at < len(self.results) else name
        if known == name:
            self.results[self.at :] = self.results[self.at :] or [(name, "true")]
            self.at += 1
        return known == name

    async def until_done(self, world: World, change: Change, cloud: CloudPort | None = None) -> Change:
        """Begin the story anew after every crash."""
        while True:
            self.at = 0
            try:
                return await world.ran(change, self, cloud)
            except Crash:
                continue


@dataclass
class Fragile:
    """The cloud's client in a process that dies once, right before or right after the modify call left."""

    cloud: CloudPort
    sends: bool
    dead: bool = False

    async def observe(self, load_balancer: str, listener: str) -> Facts:
        return await self.cloud.observe(load_balancer, listener)

    def must_reach(self, operation: Operation, bind_type: int) -> None:
        self.cloud.must_reach(operation, bind_type)

    def request(self, operation: Operation, bind_type: int) -> Mapping[str, Any]:
        return self.cloud.request(operation, bind_type)

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        if not self.dead:
            self.dead = True
            if self.sends:
                await self.cloud.modify(operation, bind_type)
            raise Crash
        return await self.cloud.modify(operation, bind_type)

    async def task(self, task: str) -> TaskState:
        return await self.cloud.task(task)


@dataclass
class Faulty(Fragile):
    """A client with a fault of ours: the given method raises what nobody expects."""

    method: str = "modify"

    async def observe(self, load_balancer: str, listener: str) -> Facts:
        if self.method == "observe":
            raise ZeroDivisionError
        return await super().observe(load_balancer, listener)

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        if self.method == "modify":
            raise ZeroDivisionError
        return await self.cloud.modify(operation, bind_type)


async def test_a_run_takes_these_steps(v2: World) -> None:
    run = Recorded()

    await run.until_done(v2, await v2.approved())

    assert tuple(name for name, _ in run.results) == STEPS


@pytest.mark.parametrize("place", range(len(STEPS)), ids=STEPS)
async def test_a_crash_behind_any_step_changes_nothing(v2: World, place: int) -> None:
    run = Recorded(crashes={place})

    ended = await run.until_done(v2, await v2.approved())

    assert run.crashes == set()
    assert (ended.ending, ended.state) == (Ending.VERIFIED, State.SUCCEEDED)
    assert v2.calls == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_a_run_that_crashes_behind_every_step_ends_as_it_must(v2: World, case: Case) -> None:
    change = await v2.approved()
    case.trouble(v2)
    run = Recorded(crashes=set(range(20)))

    ended = await run.until_done(v2, change)

    assert run.crashes == set(range(len(run.results), 20))
    assert (ended.ending, ended.state) == (case.ending, ENDS[case.ending])
    assert v2.calls == case.calls


async def test_a_crash_after_the_mark_and_before_the_call_is_settled_by_reading_and_called_once(v2: World) -> None:
    ended = await Recorded().until_done(v2, await v2.approved(), Fragile(v2.cloud, sends=False))

    async with v2.ledger.reading() as book:
        made = await attempts.made(book, ended.id)
    assert [(one.number, one.answer) for one in made] == [(1, Answer.UNANSWERED), (2, Answer.ACCEPTED)]
    assert ended.ending is Ending.VERIFIED
    assert v2.calls == 1


async def test_a_crash_after_the_call_and_before_its_answer_is_stored_never_calls_again(v2: World) -> None:
    ended = await Recorded().until_done(v2, await v2.approved(), Fragile(v2.cloud, sends=True))

    async with v2.ledger.reading() as book:
        made = await attempts.made(book, ended.id)
    assert [(one.number, one.answer) for one in made] == [(1, Answer.UNANSWERED)]
    assert ended.ending is Ending.VERIFIED_BY_READING
    assert v2.calls == 1


class Foreign(Recorded):
    """A run that was begun by a version with another step where ours has ``task``."""

    async def __call__(self, step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
        if step.__name__ == "task":
            raise OtherShape(step.__name__)
        return await super().__call__(step, *args)


async def test_a_run_that_another_version_began_is_no_fault_and_begins_anew_without_a_second_call(v2: World) -> None:
    change = await v2.approved()
    with pytest.raises(OtherShape):
        await v2.ran(change, Foreign())
    left = await v2.change(change.id)

    ended = await v2.ran(change)

    assert left.state is State.RUNNING
    assert (ended.ending, ended.state) == (Ending.VERIFIED, State.SUCCEEDED)
    assert v2.calls == 1


@pytest.mark.parametrize(
    ("method", "ending", "state"),
    [("observe", Ending.BROKEN_OFF, State.FAILED), ("modify", Ending.UNREADABLE, State.UNKNOWN)],
)
async def test_a_fault_of_ours_ends_the_run_and_says_what_is_known(
    v2: World, method: str, ending: Ending, state: State
) -> None:
    faulty = Faulty(v2.cloud, sends=False, method=method)

    ended = await v2.ran(await v2.approved(), cloud=faulty)

    assert (ended.ending, ended.state) == (ending, state)
    assert v2.calls == 0

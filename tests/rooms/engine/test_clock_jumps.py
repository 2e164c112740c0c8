"""Somebody sets the machine's clock while a run waits: no wait ends early, and none gets longer."""

from collections.abc import Callable

import pytest

from bot.domain.change import Ending, State
from bot.domain.operation import Operation
from bot.domain.policy import TooLate
from bot.domain.task import Receipt
from bot.engine.limits import Wait
from bot.store.tables import events
from tests.rooms.clock import Time
from tests.rooms.engine.ways import CutOff
from tests.rooms.engine.world import LIMITS, OPERATION, World
from tests.rooms.store.ledgers import rows

HOUR = 3600.0
JUMPS = [pytest.param(HOUR, id="ahead"), pytest.param(-HOUR, id="back")]


class SetAhead(CutOff):
    """The way to the cloud, on a machine whose clock is set ahead while the modify call is under way."""

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        self.world.time.jump(HOUR)
        return await super().modify(operation, bind_type)


async def lasted(
    made: World, trouble: Callable[[World], object], jump: float, at: float
) -> tuple[Ending | None, float]:
    """Return how a run ends whose clock jumps ``at`` seconds after its begin, and for how long it really lasted."""
    change = await made.approved()
    trouble(made)
    made.time.after(at, lambda: made.time.jump(jump))
    began = made.time.monotonic()
    ended = await made.ran(change)
    return ended.ending, made.time.monotonic() - began


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_task_that_takes_its_time_is_followed_to_its_end(v2: World, jump: float) -> None:
    ending, seconds = await lasted(v2, lambda w: w.plan(duration=LIMITS.task - 10), jump, at=5.0)

    assert ending is Ending.VERIFIED
    assert seconds < LIMITS.task + LIMITS.poll_most


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_task_that_never_ends_is_given_up_when_its_limit_is_over(v2: World, jump: float) -> None:
    ending, seconds = await lasted(v2, lambda w: w.plan(outcome="stuck"), jump, at=5.0)

    assert ending is Ending.TASK_STUCK
    assert LIMITS.task <= seconds <= LIMITS.task + LIMITS.poll_most + LIMITS.read_back


@pytest.mark.parametrize("jump", JUMPS)
async def test_an_unanswered_call_is_looked_for_during_the_whole_window_before_the_second_one(
    v2: World, jump: float
) -> None:
    ending, _ = await lasted(v2, lambda w: w.fault_on_writes("refuse_connection_after_read"), jump, at=1.0)

    first, second = [row for row in await rows(v2.ledger, events) if row["kind"] == "call.about_to"]
    assert ending is Ending.VERIFIED
    assert LIMITS.settle <= second["at"] - first["at"] - jump <= LIMITS.settle + LIMITS.look
    assert v2.calls == 2


async def test_a_clock_that_was_set_ahead_during_the_call_does_not_bring_the_second_one_early(v2: World) -> None:
    v2.plan(duration=LIMITS.settle - 2)
    change = await v2.approved()
    v2.fault_on_writes("lose_answer")

    ended = await v2.ran(change, cloud=SetAhead(v2, times=0))

    assert ended.ending is Ending.VERIFIED_BY_READING
    assert v2.calls == 1


@pytest.mark.parametrize("jump", JUMPS)
async def test_facts_that_can_not_be_read_are_tried_for_as_long_as_ever(v2: World, jump: float) -> None:
    ending, seconds = await lasted(v2, lambda w: w.fault("*", "http_500", times=0), jump, at=3.0)

    assert ending is Ending.NOT_READ
    assert seconds >= LIMITS.guard
    assert seconds < LIMITS.guard * 2


@pytest.mark.parametrize("jump", JUMPS)
async def test_a_value_that_comes_late_is_waited_for_and_one_that_never_comes_is_not(v2: World, jump: float) -> None:
    done = {"outcome": "failed", "status": 0, "duration": 0}
    ending, seconds = await lasted(v2, lambda w: w.plan(**done), jump, at=1.0)

    assert ending is Ending.NOT_APPLIED
    assert LIMITS.read_back <= seconds <= LIMITS.read_back + LIMITS.look


@pytest.mark.parametrize("jump", JUMPS)
async def test_health_is_watched_for_as_long_as_the_listener_needs(v2: World, jump: float) -> None:
    watch = (await v2.asked()).facts.listener.watch_seconds
    v2.time.after(5.0, lambda: v2.time.jump(jump))  # while health is watched

    await v2.decisions().approve(await v2.click(await v2.change(1)))
    ended = await v2.ran(await v2.change(1))

    assert ended.findings["watched"] == watch
    assert v2.time.monotonic() < LIMITS.task
    assert v2.sandbox.load_balancers[-1].listeners[0].backends[0].probe_port == OPERATION.after


async def test_a_request_expires_sooner_where_the_clock_is_set_ahead_and_nothing_runs(v2: World) -> None:
    change = await v2.asked()
    v2.time.jump(HOUR)

    with pytest.raises(TooLate):
        await v2.decisions().approve(await v2.click(change))
    await v2.changes().expire_overdue()

    assert (await v2.change(change.id)).state is State.EXPIRED
    assert await v2.enqueued() == []


async def test_a_request_waits_for_longer_where_the_clock_is_set_back_and_what_runs_is_looked_at_anew(
    v2: World,
) -> None:
    change = await v2.asked()
    v2.time.jump(-HOUR)
    v2.time.passed += HOUR + 1
    await v2.changes().expire_overdue()
    await v2.decisions().approve(await v2.click(change))
    v2.drift(probe_port=8002)

    assert (await v2.ran(await v2.change(change.id))).state is State.PENDING
    assert v2.calls == 0


@pytest.mark.parametrize(
    ("since", "left"), [(-4.0, 6.0), (-HOUR, 0.0), (HOUR, 10.0)], ids=["as it was", "set ahead", "set back"]
)
def test_what_is_left_of_a_stored_wait_is_never_more_than_all_of_it(since: float, left: float) -> None:
    time = Time()

    wait = Wait(time, 10.0, since=time.now() + since)
    time.jump(-HOUR)
    before = wait.left
    time.passed += left

    assert before == left
    assert wait.is_over
    assert wait.elapsed == left

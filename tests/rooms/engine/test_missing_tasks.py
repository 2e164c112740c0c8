"""Every way the cloud's task can leave the outcome open, over both versions of the API (docs/reliability.md)."""

from functools import partial

from bot.domain.change import Ending, State
from bot.engine.changes import FORGOTTEN_SECONDS
from tests.rooms.engine.ways import is_read_and_not_called_again, ran, stands
from tests.rooms.engine.world import BEFORE, LIMITS, OPERATION, World

POLLS = ("DescribeBmLoadBalancersTaskResult", "DescribeLoadBalancerTaskResult")


def forget_tasks(made: World) -> None:
    """Let the cloud know nothing of any task."""
    for poll in POLLS:
        made.fault(poll, "error", code=9003, times=0)


async def test_a_task_past_its_limit_is_unknown_where_the_old_value_stands(made: World) -> None:
    made.plan(outcome="stuck")
    ended = await ran(made)

    assert (ended.ending, ended.state) == (Ending.TASK_STUCK, State.UNKNOWN)
    assert ended.ended_at is not None
    assert ended.started_at is not None
    assert ended.ended_at - ended.started_at >= LIMITS.task
    assert made.calls == 1


async def test_a_task_past_its_limit_succeeded_where_the_new_value_stands(made: World) -> None:
    made.plan(outcome="stuck", apply_at="start")
    await is_read_and_not_called_again(made, await ran(made))


async def test_a_task_that_says_1_failed_where_the_old_value_stands(made: World) -> None:
    made.plan(outcome="failed")
    ended = await ran(made)

    assert (ended.ending, ended.state) == (Ending.TASK_FAILED, State.FAILED)
    assert (stands(made), made.calls) == (BEFORE, 1)


async def test_a_task_that_says_1_succeeded_where_the_new_value_stands(made: World) -> None:
    made.plan(outcome="failed_but_applied")
    ended = await ran(made)

    assert (ended.ending, ended.state) == (Ending.FAILED_YET_APPLIED, State.SUCCEEDED)
    assert (stands(made), made.calls) == (OPERATION.after, 1)


async def test_a_task_that_says_1_while_nobody_can_read_is_unknown(made: World) -> None:
    made.plan(outcome="failed")
    change = await made.approved()
    made.time.after(0.1, partial(made.fault, "DescribeL4Backends", "http_500", times=0))
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.UNREADABLE, State.UNKNOWN)
    assert made.calls == 1


async def test_a_task_that_the_cloud_forgot_succeeded_where_the_new_value_stands(made: World) -> None:
    made.plan(outcome="forgotten")
    await is_read_and_not_called_again(made, await ran(made))


async def test_a_task_that_the_cloud_forgot_is_unknown_where_the_old_value_stands_until_an_hour_is_over(
    made: World,
) -> None:
    made.plan(outcome="failed")
    forget_tasks(made)
    unknown = await ran(made)
    early = await made.changes().check_again(await made.click(unknown))
    made.time.passed += FORGOTTEN_SECONDS
    late = await made.changes().check_again(await made.click(unknown))

    assert (unknown.ending, unknown.state) == (Ending.TASK_STUCK, State.UNKNOWN)
    assert early == unknown
    assert late is not None
    assert (late.ending, late.state) == (Ending.TASK_FAILED, State.FAILED)
    assert made.calls == 1


async def test_a_task_that_says_0_while_nobody_can_read_rests_on_its_word(made: World) -> None:
    change = await made.approved()
    made.time.after(0.1, partial(made.fault, "DescribeL4Backends", "http_500", times=0))
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.TASK_ALONE, State.SUCCEEDED)
    assert made.calls == 1


async def test_a_task_that_says_0_failed_where_the_old_value_stands(made: World) -> None:
    made.plan(outcome="failed", status=0)
    ended = await ran(made)

    assert (ended.ending, ended.state) == (Ending.NOT_APPLIED, State.FAILED)
    assert (stands(made), made.calls) == (BEFORE, 1)


async def test_a_task_past_its_limit_behind_a_third_value_may_still_take_effect(made: World) -> None:
    made.plan(outcome="stuck")
    change = await made.approved()
    made.time.after(3.0, partial(made.drift, probe_port=8777))
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.TASK_STUCK, State.UNKNOWN)
    assert (stands(made), made.calls) == (8777, 1)

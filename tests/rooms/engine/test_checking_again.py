"""Looking once more at an outcome nobody knew: it only reads."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.policy import Guest, NotUnknown, Person
from bot.engine.changes import FORGOTTEN_SECONDS
from bot.store.book import Book
from tests.rooms.engine.world import ALICE, BOB, OPERATION, World
from tests.rooms.store.ledgers import kinds
from tests.unit.slack.making import ENDS


async def stuck(made: World, **plan: object) -> Change:
    """Return a change whose task didn't end in time."""
    made.plan(**{"outcome": "stuck", **plan})
    change = await made.ran(await made.approved())
    assert change.ending is Ending.TASK_STUCK
    return change


async def unreadable(made: World) -> Change:
    """Return a change whose call was not answered while nothing could be read; its task goes on at the cloud."""
    made.fault_on_writes("lose_answer")
    change = await made.approved()
    made.time.after(0.1, partial(made.fault, "*", "http_500", times=0))
    ended = await made.ran(change)
    assert ended.ending is Ending.UNREADABLE
    return ended


async def again(made: World, change: Change, person: Person = BOB) -> Change:
    looked = await made.changes().check_again(await made.click(change, person))
    assert looked is not None
    return looked


async def test_a_call_that_took_effect_after_all_is_found_by_reading(v2: World) -> None:
    change = await unreadable(v2)
    v2.sandbox.faults.clear()

    found = await again(v2, change)

    assert (found.ending, found.state) == (Ending.VERIFIED_BY_READING, State.SUCCEEDED)
    assert (await kinds(v2.ledger))[-3:].count("checked_again") == 1
    assert v2.calls == 1


async def test_a_task_that_runs_still_leaves_the_outcome_unknown(v2: World) -> None:
    change = await stuck(v2)

    found = await again(v2, change)

    assert found == change
    assert (await kinds(v2.ledger))[-1] == "checked_again"


async def test_a_cloud_that_can_not_be_read_leaves_the_outcome_unknown(v2: World) -> None:
    change = await unreadable(v2)

    assert (await again(v2, change)).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("status", "port", "ending"),
    [
        (1, None, Ending.TASK_FAILED),
        (0, None, Ending.NOT_APPLIED),
        (1, 8777, Ending.OVERTAKEN),
        (0, 8777, Ending.OVERTAKEN),
        (1, OPERATION.after, Ending.VERIFIED_BY_READING),
    ],
)
async def test_an_ended_task_and_the_value_there_tell_how_it_ended(
    v2: World, status: int, port: int | None, ending: Ending
) -> None:
    change = await stuck(v2)
    v2.end_tasks(status)
    if port is not None:
        v2.drift(probe_port=port)

    found = await again(v2, change)

    assert (found.ending, found.state) == (ending, ENDS[ending])
    assert v2.calls == 1


async def test_a_task_that_is_done_while_no_probe_port_can_be_read_is_believed(v2: World) -> None:
    change = await stuck(v2)
    v2.end_tasks(0)
    v2.fault("DescribeL4Backends", "http_500", times=0)

    assert (await again(v2, change)).ending is Ending.TASK_ALONE


@pytest.mark.parametrize("status", [1, 2])
async def test_any_other_task_while_no_probe_port_can_be_read_leaves_it_unknown(v2: World, status: int) -> None:
    change = await stuck(v2)
    v2.end_tasks(status)
    v2.fault("DescribeL4Backends", "http_500", times=0)

    assert (await again(v2, change)).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("passed", "port", "state", "ending"),
    [
        (0.0, OPERATION.after, State.SUCCEEDED, Ending.VERIFIED_BY_READING),
        (0.0, None, State.UNKNOWN, Ending.TASK_STUCK),
        (FORGOTTEN_SECONDS, None, State.FAILED, Ending.TASK_FAILED),
        (FORGOTTEN_SECONDS, 8777, State.FAILED, Ending.OVERTAKEN),
    ],
)
async def test_of_a_task_that_the_cloud_forgot_the_value_tells_and_after_an_hour_the_old_one_too(
    v2: World, passed: float, port: int | None, state: State, ending: Ending
) -> None:
    change = await stuck(v2)
    v2.fault("DescribeBmLoadBalancersTaskResult", "error", code=9003, times=0)
    v2.time.passed += passed
    if port is not None:
        v2.drift(probe_port=port)

    found = await again(v2, change)

    assert (found.state, found.ending) == (state, ending)


@pytest.mark.parametrize(
    ("jump", "passed", "state"), [(FORGOTTEN_SECONDS, 0.0, State.FAILED), (-600.0, FORGOTTEN_SECONDS, State.UNKNOWN)]
)
async def test_the_hour_of_a_forgotten_task_is_the_machine_s_own(
    v2: World, jump: float, passed: float, state: State
) -> None:
    change = await stuck(v2)
    v2.fault("DescribeBmLoadBalancersTaskResult", "error", code=9003, times=0)
    v2.time.jump(jump)
    v2.time.passed += passed

    assert (await again(v2, change)).state is state


async def test_the_requester_may_look_but_no_guest(v2: World) -> None:
    change = await stuck(v2)

    assert (await again(v2, change, ALICE)).state is State.UNKNOWN
    with pytest.raises(Guest):
        await again(v2, change, replace(BOB, guest=True))


async def test_a_known_outcome_is_not_looked_at_again(v2: World) -> None:
    change = await v2.ran(await v2.approved())

    with pytest.raises(NotUnknown) as raised:
        await again(v2, change)

    assert raised.value.facts == {"change": "CR-1", "state": State.SUCCEEDED}


async def test_many_looks_at_once_end_it_once(v2: World) -> None:
    change = await unreadable(v2)
    v2.sandbox.faults.clear()
    clicks = [await v2.click(change, replace(BOB, id=f"U0{number}")) for number in range(5)]

    found = await asyncio.gather(*(v2.changes().check_again(click) for click in clicks), return_exceptions=True)

    assert {one.state if isinstance(one, Change) else type(one) for one in found} <= {State.SUCCEEDED, NotUnknown}
    assert (await kinds(v2.ledger)).count("change.succeed") == 1


async def test_a_look_whose_answer_can_not_be_stored_counts_as_none(v2: World) -> None:
    change = await unreadable(v2)
    v2.sandbox.faults.clear()
    click = await v2.click(change)

    async def broken(_book: Book, _change: Change) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await v2.changes().check_again(click, broken)

    assert (await v2.change(change.id)).state is State.UNKNOWN
    assert await v2.unanswered() == 1
    assert "checked_again" not in await kinds(v2.ledger)


async def test_the_same_click_looks_once(v2: World) -> None:
    change = await stuck(v2)
    click = await v2.click(change)

    assert await v2.changes().check_again(click) == change
    assert await v2.changes().check_again(click) is None

"""Every way the answer to the one write can be missing, over both versions of the API (docs/reliability.md)."""

from functools import partial

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.checks import NothingToChange
from bot.engine.doing import Do
from bot.store.tables import attempts
from tests.rooms.engine.telling import plain, twice
from tests.rooms.engine.ways import CutOff, is_read_and_not_called_again, ran, stands
from tests.rooms.engine.world import BEFORE, LIMITS, OPERATION, World
from tests.rooms.store.ledgers import kinds, rows

TIMES = [pytest.param(plain, id="once"), pytest.param(twice, id="every step twice")]


async def is_called_once_more_after_the_window(made: World, ended: Change) -> None:
    first, second = await rows(made.ledger, attempts)
    recorded = await kinds(made.ledger)
    assert second["called_at"] - first["called_at"] >= LIMITS.settle
    assert recorded.index("step.settling") < recorded.index("call.about_to", recorded.index("call.about_to") + 1)
    assert (ended.ending, ended.state) == (Ending.VERIFIED, State.SUCCEEDED)
    assert (stands(made), made.calls) == (OPERATION.after, 2)


@pytest.mark.parametrize("do", TIMES)
async def test_a_call_that_can_not_be_sent_ends_the_run_without_one(made: World, do: Do) -> None:
    ended = await made.ran(await made.approved(), do, CutOff(made, times=9))

    assert (ended.ending, ended.state) == (Ending.NOT_SENT, State.FAILED)
    assert ended.findings["code"] == "connection_refused"
    assert (made.calls, ended.findings["attempts"]) == (0, 4)


@pytest.mark.parametrize("do", TIMES)
async def test_a_way_that_opens_again_takes_the_call_once(made: World, do: Do) -> None:
    ended = await made.ran(await made.approved(), do, CutOff(made, times=2))

    assert ended.ending is Ending.VERIFIED
    assert (made.calls, ended.findings["attempts"], stands(made)) == (1, 3, OPERATION.after)


async def test_a_reset_after_a_call_that_took_effect_is_settled_by_reading(made: World) -> None:
    await is_read_and_not_called_again(made, await ran(made, "lose_answer"))


async def test_a_reset_before_any_effect_is_called_once_more_after_the_window(made: World) -> None:
    await is_called_once_more_after_the_window(made, await ran(made, "refuse_connection_after_read"))


async def test_two_resets_before_any_effect_are_unknown_and_never_called_a_third_time(made: World) -> None:
    ended = await ran(made, "refuse_connection_after_read", times=0)

    assert (ended.ending, ended.state) == (Ending.UNSETTLED, State.UNKNOWN)
    assert (stands(made), made.calls) == (BEFORE, 2)


async def test_a_time_out_of_a_call_that_took_effect_is_settled_by_reading(made: World) -> None:
    ended = await ran(made, "hold")

    assert ended.findings["code"] == "timeout"
    await is_read_and_not_called_again(made, ended)


async def test_a_call_that_takes_effect_after_the_window_changes_nothing_that_the_second_did_not(made: World) -> None:
    ended = await ran(made, "hold_before")
    made.sandbox.gate.release()
    await made.time.sleep(LIMITS.task)

    await is_called_once_more_after_the_window(made, ended)


async def test_an_http_500_after_the_effect_is_settled_by_reading(made: World) -> None:
    await is_read_and_not_called_again(made, await ran(made, "http_500_applied"))


async def test_an_http_500_without_effect_is_called_once_more_after_the_window(made: World) -> None:
    await is_called_once_more_after_the_window(made, await ran(made, "http_500"))


async def test_a_page_of_html_after_the_effect_is_settled_by_reading(made: World) -> None:
    await is_read_and_not_called_again(made, await ran(made, "html_applied"))


async def test_a_page_of_html_without_effect_is_called_once_more_after_the_window(made: World) -> None:
    await is_called_once_more_after_the_window(made, await ran(made, "html"))


async def test_json_that_ends_in_the_middle_is_settled_by_reading(made: World) -> None:
    await is_read_and_not_called_again(made, await ran(made, "truncated_json"))


async def test_a_yes_without_a_task_id_is_settled_by_reading(made: World) -> None:
    await is_read_and_not_called_again(made, await ran(made, "no_task_id"))


async def test_a_code_that_does_not_say_after_the_effect_is_settled_by_reading(made: World) -> None:
    await is_read_and_not_called_again(made, await ran(made, "error_applied", code=9006))


@pytest.mark.parametrize("code", [9006, 987654], ids=["an internal error", "a code nobody wrote down"])
async def test_a_code_that_does_not_say_without_effect_is_called_once_more_after_the_window(
    made: World, code: int
) -> None:
    await is_called_once_more_after_the_window(made, await ran(made, "error", code=code))


async def test_a_code_that_says_no_ends_the_run_at_once(made: World) -> None:
    ended = await ran(made, "error", code=-21001)

    assert (ended.ending, ended.state) == (Ending.REFUSED, State.FAILED)
    assert (stands(made), made.calls) == (BEFORE, 1)


async def test_an_unanswered_call_that_nobody_can_read_after_is_unknown_and_not_called_again(made: World) -> None:
    change = await made.approved()
    made.fault_on_writes("lose_answer")
    made.time.after(0.1, partial(made.fault, "DescribeL4Backends", "http_500", times=0))
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.UNREADABLE, State.UNKNOWN)
    assert made.calls == 1


async def test_a_third_value_behind_an_unanswered_call_is_somebody_else_s_and_not_overwritten(made: World) -> None:
    made.plan(outcome="failed")
    change = await made.approved()
    made.fault_on_writes("lose_answer")
    made.time.after(1.0, partial(made.drift, probe_port=8777))
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.OVERTAKEN, State.FAILED)
    assert (stands(made), made.calls) == (8777, 1)


async def test_a_call_that_takes_effect_behind_a_third_value_within_the_window_is_found(made: World) -> None:
    made.plan(duration=4.0)
    change = await made.approved()
    made.fault_on_writes("lose_answer")
    made.time.after(1.0, partial(made.drift, probe_port=8777))
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.VERIFIED_BY_READING, State.SUCCEEDED)
    assert (stands(made), made.calls) == (OPERATION.after, 1)


async def test_a_value_that_is_there_when_the_run_begins_is_not_called_for(made: World) -> None:
    change = await made.approved()
    made.drift(probe_port=OPERATION.after)
    ended = await made.ran(change)

    assert (ended.ending, ended.state) == (Ending.ALREADY_THERE, State.FAILED)
    assert made.calls == 0


async def test_a_value_that_is_there_when_somebody_asks_is_refused(made: World) -> None:
    made.drift(probe_port=OPERATION.after)

    with pytest.raises(NothingToChange):
        await made.asked()


async def test_a_value_that_came_to_be_between_an_unsent_call_and_the_next_is_not_called_for(made: World) -> None:
    change = await made.approved()
    made.time.after(0.5, partial(made.drift, probe_port=OPERATION.after))  # during the back-off behind the first send
    ended = await made.ran(change, cloud=CutOff(made, times=1))

    assert (ended.ending, made.calls) == (Ending.ALREADY_THERE, 0)

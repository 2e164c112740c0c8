"""What was approved is what runs, in its turn, or nothing runs."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.change import Ending, Moved, State
from bot.store.tables import posts
from tests.rooms.engine.world import ALICE, BALANCER, LIMITS, OPERATION, World
from tests.rooms.store.ledgers import kinds, rows
from tests.unit.slack.making import OPERATION as ELSEWHERE

NEIGHBOUR = replace(OPERATION, host="cpm-quick002", probe_port=8102)
THIRD = replace(OPERATION, host="cpm-quick003", probe_port=8103)


async def bodies(world: World) -> dict[str, Any]:
    return {row["purpose"]: row["body"] for row in await rows(world.ledger, posts)}


async def test_a_probe_port_that_moved_after_the_approval_asks_again_with_what_moved(v2: World) -> None:
    change = await v2.approved()
    v2.drift(probe_port=8777)

    again = await v2.ran(change)

    moved = Moved(fact="probe_port", was=8001, now=8777)
    assert (again.state, again.version, again.moved) == (State.PENDING, 2, (moved,))
    assert (again.decided_by, again.decided_at, again.started_at) == (None, None, None)
    assert again.operation.before(again.facts) == 8777
    assert again.expires_at == pytest.approx(v2.time.now() + 3600, abs=60)
    assert (await bodies(v2))["moved:2"]["approvers"] == ["U0BOB"]
    assert (await bodies(v2))["progress"]["step"] == "asked_again"
    assert v2.calls == 0


async def test_what_is_approved_again_runs_on_the_new_facts(v2: World) -> None:
    change = await v2.approved()
    v2.drift(probe_port=8777)
    again = await v2.ran(change)
    await v2.decisions().approve(await v2.click(again))

    ended = await v2.ran(again)

    assert (ended.ending, ended.version) == (Ending.VERIFIED, 2)
    assert await v2.enqueued() == [(1, 1), (1, 2)]
    assert v2.calls == 1


async def test_becoming_the_last_alive_backend_asks_again(v2: World) -> None:
    change = await v2.approved()
    for backend in v2.sandbox.load_balancers[-1].listeners[0].backends[1:]:
        v2.drift_of(backend.host, listening=())
    await v2.time.sleep(10)

    again = await v2.ran(change)

    assert again.moved == (Moved(fact="last_alive", was=False, now=True),)
    assert v2.calls == 0


async def test_no_longer_being_the_last_alive_one_is_only_safer_and_runs(v2: World) -> None:
    others = v2.sandbox.load_balancers[-1].listeners[0].backends[1:]
    for backend in others:
        v2.drift_of(backend.host, listening=())
    await v2.time.sleep(10)
    change = await v2.approved()
    for backend in others:
        v2.drift_of(backend.host, listening=("8000-8999",))
    await v2.time.sleep(10)

    ended = await v2.ran(change)

    assert change.facts.is_last_alive(OPERATION.host, OPERATION.port)
    assert ended.ending is Ending.VERIFIED


async def test_a_sibling_that_moves_does_not_ask_again(v2: World) -> None:
    change = await v2.approved()
    v2.drift_of(NEIGHBOUR.host, weight=1, probe_port=8999)

    assert (await v2.ran(change)).ending is Ending.VERIFIED


async def test_a_health_check_turned_off_after_the_approval_makes_the_change_impossible(v2: World) -> None:
    change = await v2.approved()
    v2.drift_listener(custom_health_switch=0)

    ended = await v2.ran(change)

    assert ended.ending is Ending.NO_LONGER_POSSIBLE
    assert ended.findings["refusal"] == "custom_health_check_off"
    assert v2.calls == 0


async def test_a_change_cancelled_before_its_turn_does_not_run(v2: World) -> None:
    change = await v2.approved()
    await v2.decisions().cancel(await v2.click(change, ALICE))

    ended = await v2.ran(change)

    assert ended.state is State.CANCELLED
    assert v2.calls == 0


async def test_a_change_that_ended_does_not_run_again(v2: World) -> None:
    ended = await v2.ran(await v2.approved())

    assert await v2.ran(ended) == ended
    assert v2.calls == 1


async def test_two_changes_on_one_balancer_run_one_after_the_other(v2: World) -> None:
    first, second = await v2.approved(), await v2.approved(NEIGHBOUR)
    await v2.started(first)

    behind = asyncio.create_task(v2.ran(second))
    await v2.time.slept(LIMITS.turn)
    waiting = await v2.change(second.id)
    ended = await v2.ran(first)

    assert (ended.ending, waiting.state) == (Ending.VERIFIED, State.APPROVED)
    assert (await behind).ending is Ending.VERIFIED
    assert v2.calls == 2


async def test_who_was_approved_first_runs_first_whoever_asks_first(v2: World) -> None:
    first, second = await v2.asked(), await v2.asked(NEIGHBOUR)
    for change in (second, first):
        await v2.decisions().approve(await v2.click(change))

    turns = [await v2.steps().start(change.run) for change in (first, second, first)]
    await v2.steps().end(second.id, Ending.NOT_APPLIED)

    assert turns == ["wait", "go", "wait"]
    assert await v2.steps().start(first.run) == "go"


async def test_who_waits_learns_the_place_in_the_line(v2: World) -> None:
    await v2.started(await v2.approved())
    second, third = await v2.approved(NEIGHBOUR), await v2.approved(THIRD)
    before = await line(v2, third.id)
    await v2.decisions().cancel(await v2.click(second, ALICE))
    after = await line(v2, third.id)

    assert (before["behind"], before["load_balancer"], before["place"]) == ("CR-1", BALANCER, 2)
    assert (after["behind"], after["place"]) == ("CR-1", 1)


async def test_changes_on_two_balancers_do_not_wait_for_each_other(v2: World) -> None:
    await v2.started(await v2.approved())

    ended = await v2.ran(await v2.approved(ELSEWHERE))

    assert ended.ending is Ending.VERIFIED
    assert "step.waiting" not in await kinds(v2.ledger)


async def test_who_waits_says_for_whom_and_says_it_once(v2: World) -> None:
    first, second = await v2.approved(), await v2.approved(NEIGHBOUR)
    await v2.started(first)
    steps = v2.steps()
    turns = [await steps.start(second.run) for _ in range(3)]
    [line] = [row for row in await rows(v2.ledger, posts) if (row["change"], row["purpose"]) == (2, "progress")]
    await steps.end(first.id, Ending.NOT_APPLIED)

    assert turns == ["wait", "wait", "wait"]
    assert (line["wanted"], line["body"]["step"], line["body"]["behind"]) == (1, "waiting", "CR-1")
    assert await steps.start(second.run) == "go"


async def line(made: World, number: int) -> dict[str, Any]:
    """Return what the progress line of the change says, ``{}`` where it has none."""
    found = [
        row["body"] for row in await rows(made.ledger, posts) if (row["change"], row["purpose"]) == (number, "progress")
    ]
    return dict(found[0]) if found else {}


async def test_an_approval_behind_a_running_change_says_so_at_once(v2: World) -> None:
    await v2.started(await v2.approved())

    second = await v2.approved(NEIGHBOUR)
    far = await v2.approved(ELSEWHERE)

    assert (await line(v2, second.id))["behind"] == "CR-1"
    assert await line(v2, far.id) == {}


async def test_who_waits_learns_when_another_one_got_the_turn(v2: World) -> None:
    first, second, third = await v2.approved(), await v2.approved(NEIGHBOUR), await v2.approved(THIRD)
    await v2.started(first)
    await v2.steps().end(first.id, Ending.NOT_APPLIED)

    await v2.started(second)

    assert (await line(v2, third.id))["behind"] == "CR-2"


async def test_a_change_cancelled_while_it_waits_says_so_in_its_thread(v2: World) -> None:
    await v2.started(await v2.approved())
    second = await v2.approved(NEIGHBOUR)

    await v2.decisions().cancel(await v2.click(second, ALICE))

    assert (await line(v2, second.id))["step"] == "cancelled"

"""Every ending of a run, over both versions of the API."""

import pytest

from bot import texts
from bot.cloud.settings import Api
from bot.domain.change import Change, Ending, State
from bot.engine.durable import Do
from bot.store import attempts
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from tests.rooms.engine.endings import CASES, RUNS, Case
from tests.rooms.engine.world import OPERATION, World, plain, twice, world
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import ENDS


def test_every_ending_has_a_case_here_or_a_test_of_its_own_below() -> None:
    assert {case.ending for case in CASES} == set(Ending) - {Ending.NOT_SENT, Ending.BROKEN_OFF}


@pytest.mark.parametrize(("case", "api"), RUNS)
async def test_a_run_ends_as_it_must_with_no_call_too_many(ledger: Ledger, case: Case, api: Api) -> None:
    async with world(ledger, api) as made:
        change = await made.approved()
        case.trouble(made)

        ended = await made.ran(change)

        assert (ended.ending, ended.state) == (case.ending, ENDS[case.ending])
        assert made.calls == case.calls
        await _is_told(made, ended)
        await _is_marked(made, ended)


async def _is_told(made: World, ended: Change) -> None:
    """The card, the progress line and the result are wanted, and every step has its sentence."""
    wanted = {row["purpose"]: row["body"] for row in await rows(made.ledger, posts)}
    recorded = [row["kind"] for row in await rows(made.ledger, events)]
    steps = {kind.removeprefix("step.") for kind in recorded if kind.startswith("step.")}

    assert wanted.keys() == {"card", "progress", "result"}
    assert wanted["progress"]["step"] == "ended"
    assert all(texts.has("en", f"step/{step}") for step in steps)
    assert recorded.count("change.start") == 1
    assert len([kind for kind in recorded if kind in {"change.succeed", "change.fail", "change.lose_track"}]) == 1
    assert ended.ended_at is not None


async def _is_marked(made: World, ended: Change) -> None:
    """Each call was marked before it was made."""
    async with made.ledger.reading() as book:
        marked = await attempts.made(book, ended.id)

    assert [one.number for one in marked] == list(range(1, made.calls + 1))
    assert ended.findings["attempts"] == made.calls


@pytest.mark.parametrize("do", [plain, twice], ids=["once", "twice"])
async def test_a_cloud_that_can_not_be_reached_ends_the_run_without_a_call(v2: World, do: Do) -> None:
    change = await v2.approved()

    async def unreachable(step: object, *args: object) -> object:
        if getattr(step, "__name__", "") == "call" and args[1] == 1:
            await v2.stop_serving()
        return await do(step, *args)  # type: ignore[arg-type]  # a step

    ended = await v2.ran(change, unreachable)

    assert (ended.ending, ended.state) == (Ending.NOT_SENT, State.FAILED)
    assert ended.findings["code"] == "connection_refused"
    assert (v2.calls, ended.findings["attempts"]) == (0, 4)


@pytest.mark.parametrize("do", [plain, twice], ids=["once", "twice"])
async def test_a_cloud_that_comes_back_gets_the_call_once(v2: World, do: Do) -> None:
    change = await v2.approved()

    async def away(step: object, *args: object) -> object:
        if getattr(step, "__name__", "") == "call":
            await (v2.stop_serving() if args[1] == 1 else v2.serve_again() if args[1] == 3 else v2.time.sleep(0))
        return await do(step, *args)  # type: ignore[arg-type]  # a step

    ended = await v2.ran(change, away)

    assert ended.ending is Ending.VERIFIED
    assert (v2.calls, ended.findings["attempts"]) == (1, 3)
    assert v2.sandbox.load_balancers[-1].listeners[0].backends[0].probe_port == OPERATION.after

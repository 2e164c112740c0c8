"""Every ending of a run, over both versions of the API."""

import pytest

from bot import texts
from bot.cloud.settings import Api
from bot.domain.change import Change, Ending, State
from bot.store import attempts
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from bot.store.verify import verify
from tests.rooms.engine.endings import CASES, RUNS, Case
from tests.rooms.engine.ways import CutOff
from tests.rooms.engine.world import LIMITS, World, world
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import ENDS


def test_every_ending_has_a_case_here_or_a_test_of_its_own() -> None:
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
        await _is_on_record(made, ended)


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


async def _is_on_record(made: World, ended: Change) -> None:
    """The record is sound, and the result's head is the hash of the event that ended the change."""
    (head,) = [row["body"]["head"] for row in await rows(made.ledger, posts) if row["purpose"] == "result"]
    async with made.ledger.reading() as book:
        found = await book.run_sync(lambda connection: verify(connection, head=head))

    assert found.flaw is None
    assert found.named is not None
    assert (found.named.change, found.named.at) == (ended.id, ended.ended_at)


async def test_facts_that_move_between_two_sends_are_asked_again_and_nothing_is_called(v2: World) -> None:
    change = await v2.approved()
    v2.time.after(0.5, lambda: v2.drift(probe_port=8777))  # during the back-off behind the first send

    handed_back = await v2.ran(change, cloud=CutOff(v2, times=1))

    assert (handed_back.state, handed_back.version) == (State.PENDING, 2)
    assert [one.fact for one in handed_back.moved] == ["probe_port"]
    assert v2.calls == 0


async def test_a_refusal_behind_an_unanswered_call_does_not_say_that_nothing_was_changed(v2: World) -> None:
    v2.plan(duration=LIMITS.settle * 2.5)
    v2.fault_on_writes("lose_answer")

    ended = await v2.ran(await v2.approved())  # the second call meets the first one's own task

    assert (ended.ending, ended.state) == (Ending.UNSETTLED, State.UNKNOWN)
    assert ended.findings["code"] == "-21001"


async def test_a_look_that_fails_does_not_undo_what_was_seen(v2: World) -> None:
    v2.plan(outcome="failed", status=0, duration=2)
    change = await v2.approved()
    v2.time.after(4.0, lambda: v2.fault("DescribeL4Backends", "http_500", times=2))

    ended = await v2.ran(change)

    assert (ended.ending, ended.state) == (Ending.NOT_APPLIED, State.FAILED)


async def test_a_value_that_shows_only_while_health_is_watched_is_verified_after_all(v2: World) -> None:
    change = await v2.approved()
    v2.time.after(0.2, lambda: v2.fault("DescribeL4Backends", "http_500", times=0))
    v2.time.after(9.5, v2.sandbox.faults.clear)

    ended = await v2.ran(change)

    assert ended.ending is Ending.VERIFIED

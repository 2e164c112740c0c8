"""A run that begins when it was not to begin any more: people are asked again, or it ends, and nothing is called."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.domain.change import Change, Ending, Moved, State
from bot.domain.policy import Rule, Weekly, When
from bot.domain.starts import LATE_SECONDS, Start
from bot.store.ledger import Ledger
from bot.store.tables import changes, events
from bot.store.verify import verify
from tests.rooms.engine.ruled import ONE_OF_TEAM, TWO_OF_TEAM, approve, policy
from tests.rooms.engine.scheduled import (
    DAY,
    HOUR,
    IN_AN_HOUR,
    MINUTE,
    NEIGHBOUR,
    NIGHTLY,
    OPENS,
    SHUTS,
    WINDOWED,
    WINDOWS,
    begun,
    pass_until,
)
from tests.rooms.engine.world import ALICE, BEFORE, LIMITS, World, world
from tests.rooms.store.ledgers import rows

TONIGHT, TOMORROW = Start(at=OPENS, window="nightly"), Start(at=OPENS + DAY, window="nightly")


@pytest.fixture
async def windowed(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=WINDOWED) as made:
        yield made


async def due(made: World, start: Start, at: float) -> Change:
    """Return an approved change whose turn came at ``at``, and let its run begin."""
    change = await made.approved(start=start)
    assert await begun(made, at) == [(change.id, 1)]
    return await made.ran(change)


async def test_a_run_that_begins_half_an_hour_late_still_runs(v2: World) -> None:
    ended = await due(v2, IN_AN_HOUR, IN_AN_HOUR.at + LATE_SECONDS)

    assert (ended.ending, v2.calls) == (Ending.VERIFIED, 1)


async def test_a_run_that_begins_later_than_that_asks_again_and_starts_at_once_then(v2: World) -> None:
    late = IN_AN_HOUR.at + LATE_SECONDS + 1  # the bot was down, say
    again = await due(v2, IN_AN_HOUR, late)

    assert (again.state, again.version, again.start, again.turn) == (State.PENDING, 2, None, None)
    assert again.moved == (Moved(fact="start", was=IN_AN_HOUR.at, now=late),)
    assert (again.expires_at, v2.calls) == (late + HOUR, 0)
    approved = await approve(v2, again)
    assert await v2.enqueued() == [(1, 1), (1, 2)]
    assert (await v2.ran(approved)).ending is Ending.VERIFIED


async def test_a_run_that_waited_in_the_line_for_too_long_asks_again(v2: World) -> None:
    change, ahead = await v2.approved(start=IN_AN_HOUR), await v2.approved(NEIGHBOUR)
    await begun(v2, IN_AN_HOUR.at)
    await v2.started(ahead)
    turn = await v2.steps().start(change.run)
    pass_until(v2, IN_AN_HOUR.at + LATE_SECONDS + 1)
    await v2.steps().end(ahead.id, Ending.NOT_APPLIED)

    again = await v2.ran(change)

    assert (turn, [one.fact for one in again.moved], v2.calls) == ("wait", ["start"], 0)


async def test_a_window_that_is_shut_when_the_run_begins_asks_again_for_its_next_opening(windowed: World) -> None:
    again = await due(windowed, NIGHTLY, SHUTS)

    assert (again.state, again.start) == (State.PENDING, TOMORROW)
    assert again.moved == (Moved(fact="start", was=OPENS, now=TOMORROW.at),)
    assert again.expires_at == TOMORROW.at
    approved = await approve(windowed, again)
    assert approved.waits_for_start
    assert await begun(windowed, TOMORROW.at) == [(1, 1), (1, 2)]
    assert (await windowed.ran(approved)).ending is Ending.VERIFIED


async def test_people_are_asked_again_under_the_rule_of_the_next_opening(ledger: Ledger) -> None:
    at_night = Rule(name="at night", then=ONE_OF_TEAM, when=When(window=("nightly",)))
    async with world(ledger, policy=replace(policy(TWO_OF_TEAM, at_night), windows=WINDOWS)) as made:
        again = await due(made, NIGHTLY, SHUTS)

    assert (again.ruled.name, [one.fact for one in again.moved]) == ("at night", ["start"])


async def test_the_last_second_of_a_window_is_used(windowed: World) -> None:
    assert (await due(windowed, NIGHTLY, SHUTS - 1)).ending is Ending.VERIFIED


async def test_the_next_night_is_as_good_where_the_window_is_open(windowed: World) -> None:
    assert (await due(windowed, NIGHTLY, OPENS + DAY + HOUR)).ending is Ending.VERIFIED


async def test_a_window_that_moved_in_the_policy_asks_again_for_when_it_opens_now(windowed: World) -> None:
    change = await windowed.approved(start=NIGHTLY)
    later = Weekly(days=frozenset(range(7)), start=180, end=300, zone="UTC")
    windowed.policy = replace(WINDOWED, windows={"nightly": later})
    await begun(windowed, OPENS)

    again = await windowed.ran(change)

    assert again.moved == (Moved(fact="start", was=OPENS, now=OPENS + 2 * HOUR),)
    assert (again.start, windowed.calls) == (Start(at=OPENS + 2 * HOUR, window="nightly"), 0)


async def test_a_window_that_the_policy_lost_ends_the_run_with_nothing_called(windowed: World) -> None:
    change = await windowed.approved(start=NIGHTLY)
    windowed.policy = replace(WINDOWED, windows={"evening": WINDOWS["evening"]})
    await begun(windowed, OPENS)

    ended = await windowed.ran(change)

    assert (ended.ending, ended.findings["refusal"]) == (Ending.NO_LONGER_POSSIBLE, "unknown_window")
    assert (ended.findings["window"], windowed.calls) == ("nightly", 0)


async def test_facts_that_moved_until_the_start_ask_again_and_it_starts_within_its_time(v2: World) -> None:
    change = await v2.approved(start=IN_AN_HOUR)
    v2.drift(probe_port=8777)
    await begun(v2, IN_AN_HOUR.at)

    again = await v2.ran(change)

    assert again.moved == (Moved(fact="probe_port", was=BEFORE, now=8777),)
    assert (again.start, again.expires_at) == (IN_AN_HOUR, IN_AN_HOUR.at + LATE_SECONDS)
    assert not (await approve(v2, again)).waits_for_start


async def test_who_lost_the_right_until_the_start_stops_it(v2: World) -> None:
    change = await v2.approved(start=IN_AN_HOUR)
    await v2.slack.do("users", id="U0BOB", deleted=True)
    await begun(v2, IN_AN_HOUR.at)

    assert [one.fact for one in (await v2.ran(change)).moved] == ["approvals"]
    assert v2.calls == 0


async def test_a_clock_that_is_set_back_behind_the_start_does_not_stop_the_run(windowed: World) -> None:
    change = await windowed.approved(start=NIGHTLY)
    await begun(windowed, OPENS)
    windowed.time.jump(-2 * HOUR)

    assert (await windowed.ran(change)).ending is Ending.VERIFIED


async def test_what_the_second_call_comes_too_late_for_is_unknown_and_not_called_again(v2: World) -> None:
    change = await v2.approved(start=IN_AN_HOUR)
    v2.fault_on_writes("http_500", times=1)
    await begun(v2, IN_AN_HOUR.at + LATE_SECONDS - LIMITS.settle / 2)

    ended = await v2.ran(change)

    assert (ended.state, ended.ending, v2.calls) == (State.UNKNOWN, Ending.UNSETTLED, 1)


async def test_what_is_on_record_explains_every_start_and_a_start_that_was_changed_shows(windowed: World) -> None:
    change = await due(windowed, NIGHTLY, SHUTS)
    await approve(windowed, change)
    async with windowed.ledger.reading() as book:
        before = await book.run_sync(verify)
    async with windowed.ledger.writing() as book:
        await book.connection.execute(update(changes).values(starts_at=OPENS + MINUTE))
        await book.record(ALICE.id, "test", at=windowed.time.now())
    async with windowed.ledger.reading() as book:
        after = await book.run_sync(verify)
    async with windowed.ledger.writing() as book:
        await book.connection.execute(update(changes).values(starts_at=TOMORROW.at))

    told = [row["facts"].get("start") for row in await rows(windowed.ledger, events) if row["kind"][:7] == "change."]
    assert told == [TONIGHT.to_json(), TONIGHT.to_json(), None, TOMORROW.to_json(), TOMORROW.to_json()]
    assert before.flaw is None
    assert after.flaw is not None
    assert after.flaw.row == "CR-1 starts_at"

"""What starts later waits without a place in the line, and gets one, once, when its time has come."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.errors import Refusal
from bot.domain.policy import (
    Denied,
    Deny,
    Rule,
    RuleChanged,
    StartPassed,
    StartTooFar,
    TooLate,
    UnknownWindow,
    When,
    WindowStaysShut,
)
from bot.domain.starts import LATE_SECONDS, Start
from bot.engine.explaining import Explaining
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.tables import changes, events
from tests.rooms.engine.ruled import ONE_OF_TEAM, TWO_OF_TEAM, approve, policy
from tests.rooms.engine.scheduled import (
    DAY,
    EVENING,
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
from tests.rooms.engine.world import ALICE, OPERATION, World, world
from tests.rooms.store.ledgers import opened, rows
from tests.unit.slack.making import NOW

AT_NIGHT = When(window=("nightly",))


@pytest.fixture
async def windowed(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=WINDOWED) as made:
        yield made


async def test_what_starts_later_is_approved_and_waits_without_a_place_in_the_line(v2: World) -> None:
    change = await v2.approved(start=IN_AN_HOUR)
    neighbour = await v2.approved(NEIGHBOUR)

    assert (change.state, change.start, change.turn, change.waits_for_start) == (State.APPROVED, IN_AN_HOUR, None, True)
    assert await v2.enqueued() == [(neighbour.id, 1)]
    assert await v2.steps().start(change.run) == "gone"  # whoever began it too early
    assert await v2.steps().start(neighbour.run) == "go"
    assert (await Explaining(v2.ledger, v2.time, v2.ruling()).why(change.id)).behind is None


async def test_it_is_enqueued_when_its_time_has_come_and_runs(v2: World) -> None:
    change = await v2.approved(start=IN_AN_HOUR)

    assert await begun(v2, IN_AN_HOUR.at - 1) == []
    assert await begun(v2, IN_AN_HOUR.at) == [(change.id, 1)]
    assert await begun(v2, IN_AN_HOUR.at + 5) == [(change.id, 1)]
    ended = await v2.ran(change)
    assert (ended.ending, ended.turn, v2.calls) == (Ending.VERIFIED, 1, 1)
    assert ended.started_at == IN_AN_HOUR.at + 5


async def test_what_is_due_gets_its_turn_by_its_start_and_not_by_its_approval(v2: World) -> None:
    later = await v2.approved(start=Start(at=NOW + HOUR + 1))
    sooner = await v2.approved(NEIGHBOUR, IN_AN_HOUR)

    assert await begun(v2, NOW + 2 * HOUR) == [(sooner.id, 1), (later.id, 1)]
    assert [await v2.steps().start(one.run) for one in (later, sooner)] == ["wait", "go"]


async def test_two_leaders_that_sweep_at_once_enqueue_it_once(v2: World, url: str) -> None:
    change = await v2.approved(start=IN_AN_HOUR)
    pass_until(v2, IN_AN_HOUR.at)

    async with opened(url) as other:
        await asyncio.gather(*(v2.starting(ledger=one).begin_due() for one in (v2.ledger, other) * 3))

    assert await v2.enqueued() == [(change.id, 1)]
    assert [row["kind"] for row in await rows(v2.ledger, events)].count("start.due") == 1


async def test_a_sweep_that_dies_before_it_is_done_leaves_it_waiting_for_the_next(v2: World) -> None:
    async def dies(book: Book, change: Change) -> None:
        raise ConnectionError(book, change)

    change = await v2.approved(start=IN_AN_HOUR)
    pass_until(v2, IN_AN_HOUR.at)
    with pytest.raises(ConnectionError):
        await v2.starting(enqueue=dies).begin_due()

    assert await v2.change(change.id) == change
    assert await begun(v2, IN_AN_HOUR.at) == [(change.id, 1)]


async def test_it_can_be_taken_back_until_its_time_and_never_runs_then(v2: World) -> None:
    change = await v2.approved(start=IN_AN_HOUR)
    await v2.decisions().cancel(await v2.click(change, ALICE))

    assert await begun(v2, IN_AN_HOUR.at) == []
    assert (await v2.change(change.id)).state is State.CANCELLED


async def test_a_window_is_waited_for_or_used_at_once_where_it_is_open(windowed: World) -> None:
    later, now = await windowed.approved(start=NIGHTLY), await windowed.approved(NEIGHBOUR, EVENING)

    assert later.start == Start(at=OPENS, window="nightly")
    assert now.start == EVENING
    assert await windowed.enqueued() == [(now.id, 1)]
    assert await begun(windowed, OPENS) == [(now.id, 1), (later.id, 1)]


@pytest.mark.parametrize(
    ("start", "refusal"),
    [
        (Start(at=NOW), StartPassed),
        (Start(at=NOW - DAY), StartPassed),
        (Start(at=NOW + 14 * DAY + 1), StartTooFar),
        (Start(at=NOW, window="nigthly"), UnknownWindow),
        (Start(at=NOW, window="over"), WindowStaysShut),
        (Start(at=NOW, window="far"), WindowStaysShut),
    ],
)
async def test_a_start_that_can_not_be_is_refused_and_nothing_is_stored(
    windowed: World, start: Start, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await windowed.asked(start=start)

    assert await rows(windowed.ledger, changes) == []


async def test_a_start_of_the_last_second_that_is_allowed_is_taken(v2: World) -> None:
    assert (await v2.asked(start=Start(at=NOW + 14 * DAY))).start == Start(at=NOW + 14 * DAY)


async def test_the_rules_are_asked_for_the_moment_of_the_start(ledger: Ledger) -> None:
    never = Rule(name="never at night", then=Deny(text="sleep"), when=AT_NIGHT)
    async with world(ledger, policy=replace(policy(ONE_OF_TEAM, never), windows=WINDOWS)) as made:
        with pytest.raises(Denied):
            await made.asked(start=NIGHTLY)
        with pytest.raises(Denied):
            await made.asked(start=Start(at=OPENS))
        assert (await made.asked(start=Start(at=SHUTS))).ruled.name == "the last"
        pass_until(made, OPENS)
        assert (await made.asked(NEIGHBOUR, Start(at=SHUTS))).ruled.name == "the last"


async def test_a_click_goes_by_the_rules_of_the_start_and_so_does_the_run(ledger: Ledger) -> None:
    at_night = Rule(name="at night", then=ONE_OF_TEAM, when=AT_NIGHT)
    by_day = replace(policy(TWO_OF_TEAM, at_night), windows=WINDOWS)
    async with world(ledger, policy=by_day) as made:
        change = await approve(made, await made.asked(start=NIGHTLY))
        assert (change.state, change.ruled.name) == (State.APPROVED, "at night")
        pass_until(made, OPENS)
        await made.starting().begin_due()

        assert (await made.ran(change)).ending is Ending.VERIFIED


async def test_a_rule_that_changed_for_the_moment_of_the_start_renews_the_card(ledger: Ledger) -> None:
    async with world(ledger, policy=replace(policy(TWO_OF_TEAM), windows=WINDOWS)) as made:
        change = await made.asked(start=NIGHTLY)
        at_night = Rule(name="at night", then=ONE_OF_TEAM, when=AT_NIGHT)
        made.policy = replace(made.policy, rules=(at_night, *made.policy.rules))
        with pytest.raises(RuleChanged):
            await approve(made, change)
        renewed = await made.change(change.id)

        assert (renewed.ruled.name, renewed.version) == ("at night", 2)
        assert (renewed.start, renewed.expires_at) == (Start(at=OPENS, window="nightly"), OPENS)


async def test_it_may_wait_for_its_approvals_until_it_can_not_start_any_more(v2: World) -> None:
    soon, late = await v2.asked(start=Start(at=NOW + MINUTE)), await v2.asked(NEIGHBOUR, Start(at=NOW + DAY))

    assert soon.expires_at == NOW + MINUTE + LATE_SECONDS  # the rule would let it wait for an hour
    assert late.expires_at == NOW + DAY


async def test_an_approval_a_little_late_starts_it_at_once_and_a_later_one_is_too_late(v2: World) -> None:
    first, second = [await v2.asked(one, Start(at=NOW + MINUTE)) for one in (OPERATION, NEIGHBOUR)]
    pass_until(v2, NOW + MINUTE + LATE_SECONDS - 1)
    await approve(v2, first)
    pass_until(v2, NOW + MINUTE + LATE_SECONDS)
    with pytest.raises(TooLate):
        await approve(v2, second)
    await v2.changes().expire_overdue()

    assert await v2.enqueued() == [(first.id, 1)]
    assert (await v2.change(second.id)).state is State.EXPIRED


async def test_an_approval_behind_the_window_moves_the_start_to_its_next_opening(windowed: World) -> None:
    change = await windowed.asked(start=EVENING)
    pass_until(windowed, NOW + 59 * MINUTE)  # the window was open for 46 minutes more
    approved = await approve(windowed, change)
    tomorrow = Start(at=OPENS + 21 * HOUR, window="evening")
    [told] = [row["facts"] for row in await rows(windowed.ledger, events) if row["kind"] == "change.approve"]

    assert (approved.state, approved.start, approved.waits_for_start) == (State.APPROVED, tomorrow, True)
    assert (told["start"], told["basis"]["start"]) == (tomorrow.to_json(), tomorrow.to_json())
    assert await windowed.enqueued() == []


async def test_a_window_that_the_policy_lost_lets_nobody_approve(windowed: World) -> None:
    change = await windowed.asked(start=NIGHTLY)
    windowed.policy = replace(WINDOWED, windows={"evening": WINDOWS["evening"]})

    with pytest.raises(UnknownWindow) as raised:
        await approve(windowed, change)

    assert raised.value.facts == {"window": "nightly", "have": ("evening",)}

"""What a calendar of the policy freezes, from the request to the run; on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Ending, State
from bot.domain.freezes import CalendarFreezes, Frozen
from bot.domain.policy import Calendar, FreezeChanged, FreezeRules, Policy, Spans
from bot.store.ledger import Ledger
from tests.rooms.engine.frozen import HOUR, LEADS, TEAM, by_leads, freeze, frozen, lift
from tests.rooms.engine.ruled import CARLA, approve
from tests.rooms.engine.world import BALANCER, BOB, World, world
from tests.unit.slack.making import NOW

BOOKS = Calendar(name="books", window=("year-end",), reason="The books are closed.", load_balancer=("lb-quick*",))


def closed(begin: float, end: float, *, when_frozen: tuple[str, ...] = ("leads",)) -> Policy:
    """Return a policy whose calendar is open between two moments, in seconds after the test began."""
    windows = {"year-end": Spans.of([(NOW + begin, NOW + end)])}
    return replace(by_leads(when_frozen=when_frozen), windows=windows, freezes=FreezeRules(calendars=(BOOKS,)))


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=closed(0.0, HOUR)) as made:
        yield made


async def test_a_calendar_that_is_open_freezes(made: World) -> None:
    change = await made.asked()
    made.policy = closed(0.0, HOUR, when_frozen=())
    with pytest.raises(Frozen) as no:
        await made.asked(replace(change.operation, host="cpm-quick002"))

    assert change.ruled.asks.stages == (TEAM, LEADS)
    assert [(one.by, one.until) for one in change.ruled.frozen] == [("books", NOW + HOUR)]
    assert (no.value.facts["frozen_by"], no.value.facts["load_balancer"]) == ("books", BALANCER)


async def test_it_stands_among_what_is_frozen_and_no_command_lifts_it(made: World) -> None:
    assert [(one.by, one.load_balancer) for one in await frozen(made)] == [("books", "lb-quick*")]
    with pytest.raises(CalendarFreezes):
        await lift(made)

    await freeze(made)
    await lift(made)

    assert [one.by for one in await frozen(made)] == ["books"]


async def test_a_calendar_that_opens_while_a_card_waits_renews_it_and_so_it_does_when_it_closes(made: World) -> None:
    made.policy = closed(60.0, 120.0)
    change = await made.asked()
    made.time.passed += 60.0
    with pytest.raises(FreezeChanged):
        await approve(made, change, BOB)
    frozen_now = await made.change(change.id)
    made.time.passed += 60.0
    with pytest.raises(FreezeChanged):
        await approve(made, frozen_now, BOB)
    again = await made.change(change.id)

    assert [len(one.ruled.frozen) for one in (change, frozen_now, again)] == [0, 1, 0]
    assert (await approve(made, again, BOB)).state is State.APPROVED


@pytest.mark.parametrize("when_frozen", [("leads",), ()])
async def test_a_calendar_that_opens_after_the_approval_stops_the_run(
    made: World, when_frozen: tuple[str, ...]
) -> None:
    made.policy = closed(60.0, HOUR, when_frozen=when_frozen)
    change = await approve(made, await made.asked(), BOB)
    made.time.passed += 60.0

    after = await made.ran(change)

    assert (after.state, made.calls) == (State.PENDING if when_frozen else State.FAILED, 0)
    assert after.ending is (None if when_frozen else Ending.NO_LONGER_POSSIBLE)


async def test_what_its_freeze_approvers_approved_runs(made: World) -> None:
    change = await made.asked()
    await approve(made, change, BOB)

    assert (await made.ran(await approve(made, change, CARLA))).ending is Ending.VERIFIED

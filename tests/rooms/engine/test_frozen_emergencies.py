"""What a freeze does to an emergency, and where the policy lets emergencies go through; on both databases."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.freezes import Frozen, FrozenForEmergencies
from bot.domain.policy import Calendar, Emergency, FreezeRules, Policy, Rule, Spans
from bot.store.ledger import Ledger
from bot.store.tables import changes, events, reviews
from tests.rooms.engine.frozen import HOUR, LEADS, TEAM, Sudden, by_leads, freeze, lift
from tests.rooms.engine.glass import GLASS, broken
from tests.rooms.engine.ruled import ONE_OF_TEAM
from tests.rooms.engine.world import ALICE, BALANCER, World, world
from tests.rooms.store.ledgers import kinds, rows
from tests.unit.slack.making import NOW

THROUGH = replace(GLASS, overrides_freezes=True)


def policy(glass: Emergency, *, when_frozen: tuple[str, ...] = ("leads",)) -> Policy:
    return replace(by_leads(when_frozen=when_frozen), emergency=glass)


@pytest.fixture
async def stopped(ledger: Ledger) -> AsyncIterator[World]:
    """Return a world whose emergencies stop at a freeze."""
    async with world(ledger, policy=policy(GLASS)) as made:
        yield made


@pytest.fixture
async def through(ledger: Ledger) -> AsyncIterator[World]:
    """Return a world whose emergencies go through every freeze."""
    async with world(ledger, policy=policy(THROUGH)) as made:
        yield made


async def told(made: World, kind: str) -> dict[str, object]:
    [event] = [row for row in await rows(made.ledger, events) if row["kind"] == kind]
    facts: dict[str, object] = event["facts"]
    return facts


async def overridden(made: World) -> tuple[list[object], bool]:
    """Return why what the call went through was frozen, and whether it rests on what was broken the glass for."""
    call, glass = await told(made, "call.about_to"), await told(made, "change.break_glass")
    through = call.get("overrides", [])
    assert isinstance(through, list)
    return [one["reason"] for one in through], call["digest"] == glass["digest"]


async def test_what_is_frozen_refuses_an_emergency_and_nothing_is_stored(stopped: World) -> None:
    await freeze(stopped)

    with pytest.raises(FrozenForEmergencies) as no:
        await broken(stopped)

    assert isinstance(no.value, Frozen)
    facts = no.value.facts
    assert (facts["load_balancer"], facts["frozen_by"], facts["reason"]) == (BALANCER, ALICE.id, "release week")
    assert [await rows(stopped.ledger, table) for table in (changes, reviews)] == [[], []]


async def test_what_a_calendar_freezes_refuses_it_too_unless_they_go_through(stopped: World) -> None:
    books = Calendar(name="books", window=("year-end",), reason="The books are closed.")
    windows = {"year-end": Spans.of([(NOW, NOW + HOUR)])}
    stopped.policy = replace(stopped.policy, windows=windows, freezes=FreezeRules(calendars=(books,)))
    with pytest.raises(FrozenForEmergencies):
        await broken(stopped)
    stopped.policy = replace(stopped.policy, emergency=THROUGH)

    change = await broken(stopped)

    assert [one.by for one in change.ruled.frozen] == ["books"]
    assert (await stopped.ran(change)).ending is Ending.VERIFIED
    assert await overridden(stopped) == (["The books are closed."], True)


async def test_where_they_go_through_it_runs_and_the_record_says_through_what(through: World) -> None:
    await freeze(through)

    change = await broken(through)

    assert [one.reason for one in change.ruled.frozen] == ["release week"]
    assert (await through.ran(change)).ending is Ending.VERIFIED
    assert await overridden(through) == (["release week"], True)
    basis = (await told(through, "change.break_glass"))["basis"]
    assert isinstance(basis, dict)
    assert basis["rule"] == {"name": "[emergency]", "version": THROUGH.version, "frozen": ["#1"]}


async def test_one_that_was_lifted_by_then_is_not_gone_through(through: World) -> None:
    await freeze(through)
    change = await broken(through)
    await lift(through)

    assert (await through.ran(change)).ending is Ending.VERIFIED
    assert await overridden(through) == ([], True)


async def handed_back(made: World, change: Change) -> Change:
    assert (change.state, change.version, change.is_emergency, made.calls) == (State.PENDING, 2, False, 0)
    assert change.ruled.asks.stages == (TEAM, LEADS)
    assert "freeze" in [one.fact for one in change.moved]
    return change


async def test_a_freeze_after_it_hands_it_to_people_and_the_freeze_approvers(stopped: World) -> None:
    change = await broken(stopped)
    await freeze(stopped)

    again = await handed_back(stopped, await stopped.ran(change))

    assert again.review is not None


async def test_and_ends_it_where_nobody_could_approve_it(stopped: World) -> None:
    stopped.policy = policy(GLASS, when_frozen=())
    change = await broken(stopped)
    await freeze(stopped)

    ended = await stopped.ran(change)

    assert (ended.ending, ended.findings["refusal"]) == (Ending.NO_LONGER_POSSIBLE, "frozen")
    assert stopped.calls == 0


async def test_a_freeze_behind_the_guard_s_back_stops_it_before_the_call(stopped: World) -> None:
    change = await broken(stopped)

    await handed_back(stopped, await stopped.ran(change, place=Sudden(stopped)))

    assert "call.about_to" not in await kinds(stopped.ledger)


async def test_where_they_go_through_a_freeze_after_it_does_not_stop_it_and_is_on_record(through: World) -> None:
    change = await broken(through)
    await freeze(through)

    ended = await through.ran(change)

    assert (ended.ending, ended.version, ended.ruled.frozen) == (Ending.VERIFIED, 1, ())
    assert [one.reason for one in ended.overridden] == ["release week"]
    assert await overridden(through) == (["release week"], True)


async def test_nor_one_behind_the_guard_s_back_once_the_guard_knows_of_it(through: World) -> None:
    change = await broken(through)

    ended = await through.ran(change, place=Sudden(through))

    assert (ended.ending, through.calls) == (Ending.VERIFIED, 1)
    assert await overridden(through) == (["release week"], True)
    recorded = await kinds(through.ledger)
    assert recorded.index("freeze.set") < recorded.index("call.about_to")


async def test_one_is_stopped_once_the_policy_lets_none_through_any_more(through: World) -> None:
    await freeze(through)
    change = await broken(through)
    through.policy = policy(GLASS)

    again = await through.ran(change)

    assert (again.state, again.version, through.calls) == (State.PENDING, 2, 0)
    assert again.ruled.asks.stages == (TEAM, LEADS)


async def test_what_runs_after_approvals_goes_through_nothing(through: World) -> None:
    """The policy lets emergencies pass, and nothing else."""
    through.policy = replace(policy(THROUGH), rules=(Rule(name="the last", then=ONE_OF_TEAM),))
    await freeze(through)

    with pytest.raises(Frozen) as no:
        await through.asked()

    assert no.value.code == "frozen"

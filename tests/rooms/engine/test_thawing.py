"""A card names no freeze that is over, and those whom it asks then bring it through."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.policy import Deny, Policy, Rule
from bot.domain.starts import Start
from bot.engine.renewing import Renewing
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from tests.rooms.engine.frozen import HOUR, LEADS, TEAM, by_leads, freeze, lift
from tests.rooms.engine.ruled import CARLA, GROUPS, ONE_OF_TEAM, approve
from tests.rooms.engine.world import BOB, World, world
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import NOW


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=by_leads()) as made:
        yield made


async def thawed(made: World, change: Change) -> Change:
    """Return ``change`` after a sweep."""
    await Renewing(made.ledger, made.time, made.ruling()).thaw()
    return await made.change(change.id)


async def frozen(made: World, start: Start | None = None) -> Change:
    """Return what was asked for while its load balancer was frozen."""
    await freeze(made)
    return await made.asked(start=start)


async def told_again(made: World) -> list[object]:
    """Return whom the thread tells that they are asked again."""
    return [row["body"]["approvers"] for row in await rows(made.ledger, posts) if row["purpose"].startswith("moved:")]


async def test_a_lifted_freeze_renews_the_card_and_one_click_of_the_rule_s_own_brings_it_through(made: World) -> None:
    change = await frozen(made)
    cards = (await made.purposes())["card"]
    await lift(made)

    renewed = await thawed(made, change)
    ended = await made.ran(await approve(made, renewed, BOB))

    assert (change.ruled.asks.stages, renewed.ruled.frozen, renewed.ruled.asks) == ((TEAM, LEADS), (), ONE_OF_TEAM)
    assert (renewed.state, renewed.version, ended.ending) == (State.PENDING, 2, Ending.VERIFIED)
    assert (cards, await told_again(made)) == (1, [])


async def test_who_approved_already_is_told_to_look_again_and_counts_for_nothing_until_then(made: World) -> None:
    change = await approve(made, await frozen(made), BOB)
    await lift(made)

    renewed = await thawed(made, change)

    assert ([one.person for one in change.approvals], renewed.approvals) == ([BOB.id], ())
    assert await told_again(made) == [[BOB.id]]
    assert (await approve(made, renewed, BOB)).state is State.APPROVED


async def test_a_freeze_that_ended_by_itself_is_over_too(made: World) -> None:
    made.policy = replace(
        by_leads(), rules=(replace(by_leads().rules[0], then=replace(ONE_OF_TEAM, expires_after=2 * HOUR)),)
    )
    change = await frozen(made)
    before = await thawed(made, change)
    made.time.passed += HOUR

    assert (before, (await thawed(made, change)).ruled.frozen) == (change, ())


async def test_a_sweep_beside_another_and_after_it_renews_nothing_more(made: World) -> None:
    change = await frozen(made)
    await lift(made)

    first, second = await thawed(made, change), await thawed(made, change)

    assert (first.version, second) == (2, first)
    assert [row["kind"] for row in await rows(made.ledger, events)].count("change.renew") == 1


async def test_under_the_next_freeze_the_card_says_that_one(made: World) -> None:
    change = await frozen(made)
    await lift(made)
    await freeze(made, CARLA.id)

    renewed = await thawed(made, change)

    assert ([one.by for one in renewed.ruled.frozen], renewed.ruled.asks.stages) == ([CARLA.id], (TEAM, LEADS))


async def test_what_starts_behind_the_end_of_a_freeze_was_never_under_it(made: World) -> None:
    change = await frozen(made, Start(at=NOW + 2 * HOUR))

    assert (change.ruled.frozen, await thawed(made, change)) == ((), change)


async def test_what_may_be_asked_no_more_waits_as_it_is_and_a_click_says_why(made: World) -> None:
    change = await frozen(made)
    await lift(made)
    made.policy = Policy(rules=(Rule(name="no", then=Deny(text="Never.")),), groups=GROUPS)

    assert await thawed(made, change) == change


async def test_what_nobody_decided_in_time_is_left_to_expire(made: World) -> None:
    change = await frozen(made)
    await lift(made)
    made.time.passed += HOUR

    assert await thawed(made, change) == change

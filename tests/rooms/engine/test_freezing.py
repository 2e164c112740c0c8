"""Freezes that people set and lift, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.freezes import (
    AlreadyFrozen,
    Freeze,
    MayNotFreeze,
    MayNotLift,
    NotFrozen,
    OutsiderFreezes,
)
from bot.domain.groups import GroupsNotTold
from bot.domain.policy import FreezeRules
from bot.slack.people import CannotIdentify
from bot.store import retention
from bot.store.ledger import Ledger
from bot.store.tables import events, freezes, intake
from tests.rooms.engine.frozen import HOUR, freeze, freezing, frozen, lift, order
from tests.rooms.engine.ruled import CARLA, ONE_OF_TEAM, leave, policy
from tests.rooms.engine.world import ALICE, BALANCER, BOB, World, world
from tests.rooms.store.ledgers import kinds, rows

TEAM = FreezeRules(may_freeze=("team",), may_lift=("team",))


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy(ONE_OF_TEAM)) as made:
        yield made


async def test_what_somebody_froze_stands_is_recorded_and_told_to_the_channel(made: World) -> None:
    await freeze(made)

    until = made.time.now() + HOUR
    assert await frozen(made) == [Freeze(id=1, load_balancer=BALANCER, by=ALICE.id, until=until, reason="release week")]
    [event] = [row for row in await rows(made.ledger, events) if row["kind"] == "freeze.set"]
    assert (event["actor"], event["facts"]["load_balancer"]) == (ALICE.id, BALANCER)
    assert event["facts"] == {**(await frozen(made))[0].to_json(), "channel": "C0INCIDENT"}
    assert list(await made.purposes()) == ["notice:key-1"]
    assert await made.unanswered() == 0


async def test_a_freeze_ends_by_itself(made: World) -> None:
    await freeze(made)
    before = await rows(made.ledger, freezes)
    made.time.passed += HOUR

    assert await frozen(made) == []
    assert await rows(made.ledger, freezes) == before
    await freeze(made, BOB.id)
    assert [one.by for one in await frozen(made)] == [BOB.id]


async def test_what_is_frozen_is_frozen_once(made: World) -> None:
    await freeze(made)

    with pytest.raises(AlreadyFrozen) as no:
        await freeze(made, BOB.id, seconds=2 * HOUR)

    assert no.value.facts["frozen_by"] == ALICE.id
    assert (len(await rows(made.ledger, freezes)), await made.unanswered()) == (1, 1)


async def test_of_two_who_freeze_at_once_one_does(made: World) -> None:
    both = await asyncio.gather(freeze(made, ALICE.id), freeze(made, BOB.id), return_exceptions=True)

    assert sorted(type(one).__name__ for one in both) == ["AlreadyFrozen", "NoneType"]
    assert len(await rows(made.ledger, freezes)) == 1


async def test_a_lifted_freeze_stands_no_more_and_says_who_and_why(made: World) -> None:
    await freeze(made)
    await lift(made, BOB.id)

    [row] = await rows(made.ledger, freezes)
    assert (row["lifted_by"], row["lifted_why"], row["lifted_at"]) == (BOB.id, "it is out", made.time.now())
    assert await frozen(made) == []
    assert [kind for kind in await kinds(made.ledger) if "freeze" in kind] == ["freeze.set", "freeze.lifted"]
    assert len(await made.purposes()) == 2
    with pytest.raises(NotFrozen):
        await lift(made)


async def test_the_same_command_counts_once(made: World) -> None:
    once = await order(made)
    for _ in range(2):
        await freezing(made).set(once, until=made.time.now() + HOUR, told=str)
    await lift(made)
    await freezing(made).set(once, until=made.time.now() + HOUR, told=str)

    assert await frozen(made) == []


@pytest.mark.parametrize("wish", [{"is_restricted": True}, {"deleted": True}, {"is_bot": True}])
async def test_guests_bots_and_those_who_left_neither_freeze_nor_lift(made: World, wish: dict[str, bool]) -> None:
    await freeze(made)
    await made.slack.do("users", id=BOB.id, **wish)

    with pytest.raises(OutsiderFreezes):
        await freeze(made, BOB.id)
    with pytest.raises(OutsiderFreezes):
        await lift(made, BOB.id)

    assert len(await frozen(made)) == 1


async def test_only_those_whom_the_policy_names_freeze_and_lift(made: World) -> None:
    made.policy = replace(made.policy, freezes=TEAM)

    with pytest.raises(MayNotFreeze):
        await freeze(made, ALICE.id)
    await freeze(made, BOB.id)
    with pytest.raises(MayNotLift):
        await lift(made, ALICE.id)
    await lift(made, CARLA.id)

    assert await frozen(made) == []


async def test_who_froze_always_may_lift(made: World) -> None:
    made.policy = replace(made.policy, freezes=TEAM)
    await freeze(made, BOB.id)
    await leave(made, CARLA.id)

    await lift(made, BOB.id)

    assert await frozen(made) == []


async def test_nobody_freezes_while_slack_does_not_tell_who_they_are(made: World) -> None:
    await made.slack.fault("api_error", error="internal_error", method="users.info")
    with pytest.raises(CannotIdentify):
        await freeze(made)
    made.policy = replace(made.policy, freezes=TEAM)
    await made.slack.fault("api_error", error="internal_error", method="usergroups.list")
    with pytest.raises(GroupsNotTold):
        await freeze(made, BOB.id)

    assert await frozen(made) == []


async def test_what_froze_stays_on_record_when_old_commands_are_cleaned(made: World) -> None:
    await freeze(made)
    await lift(made)
    made.time.passed += HOUR
    shelf = next(one for one in retention.SHELVES if one.name == "intake")

    async with made.ledger.writing() as book:
        keys = await retention.past(book, shelf, before=made.time.now(), most=10)
        await retention.clear(book, shelf, keys, before=made.time.now())

    assert [row["key"] for row in await rows(made.ledger, intake)] == ["key-1"]

"""Auditors whom the policy names: by their group of now, and nobody where Slack doesn't tell."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.policy import Policy, SlackGroup
from bot.store.ledger import Ledger
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, BOB, StandIn
from tests.rooms.store.ledgers import kinds

TEAM = "S0APPROVE"
POLICY = Policy(groups={"team": SlackGroup(id=TEAM)}, auditors=("team",))
FOR_OTHERS = "The record of CR-1 is for <@U0ALICE>, who asked"


@pytest.fixture
async def bot(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    made.policy = POLICY
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        await bot.asked()
        yield bot


async def test_who_is_in_the_group_now_may_read(bot: Edge) -> None:
    await bot.type("/lb audit CR-1", user=BOB)
    await bot.told("What is on record of CR-1 comes into its thread", user=BOB)


async def test_who_left_the_group_may_not(bot: Edge) -> None:
    await bot.slack.do("usergroups", id=TEAM, members=["U0CARLA"])
    await bot.type("/lb audit CR-1", user=BOB)
    await bot.told(FOR_OTHERS, user=BOB)

    assert "audited" not in await kinds(bot.ledger)


async def test_where_slack_does_not_tell_nobody_of_the_group_may_and_who_asked_still_may(bot: Edge) -> None:
    await bot.slack.fault("http_500", times=0, method="usergroups.list")
    await bot.type("/lb audit CR-1", user=BOB)
    await bot.told("who is in which user group", user=BOB)
    await bot.type("/lb audit CR-1", user=ALICE)
    await bot.told("What is on record of CR-1 comes into its thread", user=ALICE)

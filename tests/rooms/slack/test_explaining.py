"""``/lb whoami``, ``/lb policy`` and ``/lb why CR-7``: the rules explained where people are."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.asks import Asks, Stage
from bot.domain.policy import Deny, People, Policy, Rule, SlackGroup, When
from bot.slack.cards import APPROVE
from bot.store.ledger import Ledger
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, StandIn

GUEST = "U0GUEST"
POLICY = Policy(
    rules=(
        Rule(name="core", then=Deny(text="Ask the network team."), when=When(load_balancer=("lb-core*",))),
        Rule(
            name="team, then lead",
            then=Asks(stages=(Stage(approvers=("team",)), Stage(approvers=("leads",)))),
        ),
    ),
    groups={"team": SlackGroup(id="S0APPROVE", on_call=True), "leads": People(ids=frozenset({CARLA, ALICE}))},
)


@pytest.fixture
async def bot(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    made.policy = POLICY
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        yield bot


async def test_somebody_hears_which_groups_hold_them(bot: Edge) -> None:
    await bot.type("/lb whoami", user=CARLA)
    await bot.told("`leads`, `team`", user=CARLA)
    await bot.type("/lb whoami", user=GUEST)

    await bot.told("Only full members of this workspace decide", user=GUEST)


async def test_the_rules_are_told_in_their_order(bot: Edge) -> None:
    await bot.type("/lb policy", user=BOB)
    await bot.told("`team, then lead`: 1 × team, then 1 × leads")

    [told] = bot.slack.told(BOB)
    core = "`core` (where load_balancer `lb-core*`): nobody may. Ask the network team."
    assert told.index(core) < told.index("`team, then lead`")


async def test_why_says_which_rule_asks_what_and_who_could_give_it(bot: Edge) -> None:
    await bot.asked()
    await bot.type("/lb why CR-1", user=ALICE)
    await bot.told("Rule `team, then lead ", user=ALICE)

    told = bot.slack.told(ALICE)[-1]
    assert "asks for 1 × team, then 1 × leads" in told
    assert "1 more: 2 people can give it, 2 on call: <@U0BOB>, <@U0CARLA>" in told
    assert "*Waiting for team*" in told


async def test_why_follows_the_stages_and_leaves_out_who_can_not_count(bot: Edge) -> None:
    await bot.asked()
    await bot.press(APPROVE, user=BOB)
    await bot.shown("Approved so far by")
    await bot.type("/lb why 1", user=ALICE)
    await bot.told("1 more: 1 people can give it, 1 on call: <@U0CARLA>", user=ALICE)


async def test_why_says_where_nobody_who_is_there_can_approve_any_more(bot: Edge) -> None:
    await bot.asked()
    await bot.slack.do("usergroups", id="S0APPROVE", members=[ALICE])
    bot.time.passed += 61.0
    await bot.type("/lb why CR-1", user=ALICE)
    await bot.told("1 more, and nobody who is there can give it", user=ALICE)


async def test_why_of_no_change_is_told_so(bot: Edge) -> None:
    await bot.type("/lb why CR-99", user=ALICE)
    await bot.told("There is no CR-99.", user=ALICE)
    await bot.type("/lb why", user=ALICE)
    await bot.told("Which change?", user=ALICE)

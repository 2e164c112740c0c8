"""``/lb emergency …``: the loud card of what nobody approved."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.policy import Deny, Emergency, Policy, Rule, SlackGroup, When
from bot.store.ledger import Ledger
from bot.store.tables import changes
from tests.rooms.engine.frozen import freeze, lift
from tests.rooms.engine.world import BEFORE, World
from tests.rooms.slack.edge import ASK, Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, BOB, StandIn
from tests.rooms.store.ledgers import rows

BREAK = ASK.replace("/lb ", "/lb emergency ")
POLICY = Policy(
    rules=(
        Rule(name="core", then=Deny(text="Ask the network team."), when=When(load_balancer=("lb-core*",))),
        Rule(name="rest", then=Asks(stages=(Stage(approvers=(ANYONE,)),))),
    ),
    groups={"team": SlackGroup(id="S0APPROVE")},
    emergency=Emergency(people=(ALICE,), quota=2, pings=("team",)),
)


@pytest.fixture
async def bot(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    made.policy = POLICY
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        yield bot


async def test_the_card_is_loud_and_says_who_broke_the_glass_and_that_nobody_approved(bot: Edge) -> None:
    assert (await bot.type(BREAK))["ok"]
    await bot.slack.until(lambda: bool(bot.cards()))

    [card] = bot.cards()
    assert card.text.startswith("🚨 EMERGENCY CR-1: probe port 8001 → 8101")
    assert "🚨 *<@U0ALICE> broke the glass*" in card.text
    assert "nobody else approved this" in card.text
    assert "It is their number 1 of at most 2 in 24 h." in card.text
    assert "🔔 Please look: <!subteam^S0APPROVE>" in card.text
    assert "*To be reviewed*" in card.text


async def test_the_card_stays_one_message_and_never_says_that_somebody_approved(bot: Edge, made: World) -> None:
    await bot.type(BREAK)
    await bot.slack.until(lambda: bool(bot.cards()))
    [first] = bot.cards()
    await made.ran(await made.change(1))
    await bot.shown("*Succeeded and verified*")

    [card] = bot.cards()
    assert (card.ts, "Approved by nobody: an emergency of <@U0ALICE>" in card.text) == (first.ts, True)
    assert "<!subteam^S0APPROVE>" in card.text
    told = "🚨 <@U0ALICE> broke the glass · nobody approved"
    await bot.slack.until(lambda: any(told in one.text for one in bot.slack.thread(card.ts)))
    assert len(await bot.slack.calls("chat.postMessage")) == 3


async def test_one_that_was_handed_back_asks_people_and_says_how_it_began(bot: Edge, made: World) -> None:
    await bot.type(BREAK)
    await bot.slack.until(lambda: bool(bot.cards()))
    made.drift(probe_port=8055)
    await made.ran(await made.change(1))
    await bot.shown("*Waiting for a second person*")

    text = bot.cards()[0].text
    assert text.startswith("CR-1: probe port")
    assert "This began as an emergency of <@U0ALICE>" in text
    assert "*To be reviewed*" in text
    assert "<!subteam^S0APPROVE>" not in text


@pytest.mark.parametrize(
    ("text", "user", "words"),
    [
        (BREAK, BOB, "An emergency is for full members whom the policy names: `U0ALICE`."),
        ("/lb emergency probe-port", ALICE, "Copy and correct: `/lb emergency probe-port &lt;load_balancer&gt;"),
        (
            BREAK.replace("the health endpoint moved", "down"),
            ALICE,
            "visible characters; an emergency, which nobody is asked about before",
        ),
        (
            BREAK.replace("the health endpoint moved", "--at 02:00 the health endpoint moved"),
            ALICE,
            "An emergency starts at once: leave `--at 02:00` out.",
        ),
        ("/lb help", ALICE, "`/lb emergency probe-port lb-abcdefgh"),
    ],
)
async def test_who_may_not_is_told_what_is_wrong_and_what_to_do(bot: Edge, text: str, user: str, words: str) -> None:
    await bot.type(text, user=user)
    await bot.told(words, user=user)

    assert await rows(bot.ledger, changes) == []


async def test_a_frozen_load_balancer_is_told_with_what_can_be_done(bot: Edge, made: World) -> None:
    await freeze(made)
    await bot.type(BREAK)
    await bot.told("The policy lets no emergency go through a freeze, so nothing was done.", user=ALICE)

    assert await rows(bot.ledger, changes) == []


def loud(bot: Edge) -> str:
    return next(one.text for one in bot.cards() if "EMERGENCY" in one.text)


async def test_the_card_says_through_which_freezes_it_goes(slack: StandIn, ledger: Ledger, made: World) -> None:
    made.policy = replace(POLICY, emergency=Emergency(people=(ALICE,), overrides_freezes=True))
    await freeze(made)
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        await bot.type(BREAK)
        await bot.shown("*It goes through a freeze* until")
        assert "by <@U0ALICE>: release week" in loud(bot)
        await lift(made)
        await freeze(made, BOB)
        await made.ran(await made.change(1))
        await bot.shown("*Succeeded and verified*")

        assert loud(bot).count("*It goes through a freeze* until") == 2
        assert "by <@U0BOB>: release week" in loud(bot)


async def test_the_third_is_told_when_there_may_be_one_again(bot: Edge, made: World) -> None:
    for number in (1, 2):
        await bot.type(BREAK)
        await bot.reception.drain(5.0)
        await made.ran(await made.change(number))
        made.drift(probe_port=BEFORE)
    await bot.type(BREAK)
    await bot.told("You broke the glass as often as anybody may: 2 × in 24 h", user=ALICE)

    assert len(await rows(bot.ledger, changes)) == 2


async def test_the_story_says_that_nobody_approved_it(bot: Edge, made: World) -> None:
    await bot.type(BREAK)
    await bot.slack.until(lambda: bool(bot.cards()))
    await made.ran(await made.change(1))
    await bot.type("/lb audit CR-1", user=ALICE)
    await bot.slack.until(lambda: any("On record of" in one.text for one in bot.slack.thread(bot.cards()[0].ts)))

    story = next(one.text for one in bot.slack.thread(bot.cards()[0].ts) if "On record of" in one.text)
    assert "<@U0ALICE> asked: `emergency probe-port lb-" in story
    assert "<@U0ALICE> broke the glass: nobody else approved card 1, digest" in story

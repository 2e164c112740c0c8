"""An emergency whose card Slack refuses: it runs, and its people and those whom the card calls are told directly."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.change import State
from bot.slack.reception import COMMAND
from bot.slack.trouble import CLOSED_MOST
from bot.store.ledger import Ledger
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import BODY, Edge, edge
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, INCIDENT, StandIn
from tests.rooms.slack.test_emergency_command import POLICY

REASON = "the health endpoint moved"


@pytest.fixture
async def bot(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    """Break the glass in a channel that is archived before the card comes; the policy pings bob's and carla's group."""
    made.policy = POLICY
    async with edge(slack, ledger, made) as bot:
        await work(bot, f"emergency {BODY['text']}", ALICE)
        await slack.do("channels", id=INCIDENT, is_archived=True)
        yield bot


async def work(bot: Edge, text: str, user: str) -> None:
    taken = await bot.reception.take(COMMAND, text, {**BODY, "text": text, "user": user})
    assert taken is not None
    await bot.commands.work(taken)


async def deliver(bot: Edge, times: int = 3) -> None:
    for _ in range(times):
        bot.time.passed += CLOSED_MOST
        await asyncio.gather(*await bot.thread.begin_due())


async def test_it_runs_and_whom_the_card_would_have_called_is_told_directly_once(bot: Edge, made: World) -> None:
    await deliver(bot)
    called = {person: bot.slack.direct(person) for person in (BOB, CARLA)}
    ended = await made.ran(await made.change(1))
    await deliver(bot)

    assert ended.state is State.SUCCEEDED
    for person in (BOB, CARLA):
        [told] = called[person]
        assert told.startswith("🚨 EMERGENCY CR-1: probe port 8001 → 8101")
        assert "*<@U0ALICE> broke the glass*" in told
        assert REASON in told
        assert "*To be reviewed* by somebody else" in told
        assert "I can't post in <#C0INCIDENT> (is_archived), so I tell you here." in told
        assert bot.slack.direct(person) == called[person]
    began, result = bot.slack.direct(ALICE)
    assert "🚨 EMERGENCY CR-1" in began
    assert "<@U0ALICE> broke the glass · nobody approved" in result


@pytest.mark.parametrize("state", [State.RUNNING, State.SUCCEEDED])
async def test_who_is_called_hears_of_it_however_late_slack_says_no(bot: Edge, made: World, state: State) -> None:
    change = await made.change(1)
    if state is State.RUNNING:
        await made.started(change)
    else:
        await made.ran(change)
    await deliver(bot)

    for person in (BOB, CARLA):
        [told] = bot.slack.direct(person)
        assert told.startswith("🚨 EMERGENCY CR-1")
        assert {State.RUNNING: "*Running, and nobody approved it*"}.get(state, "*Succeeded and verified*") in told
    assert any("🚨" in told for told in bot.slack.direct(ALICE))


async def test_its_review_waits_and_its_card_stands_once_the_channel_is_open(bot: Edge, made: World) -> None:
    await made.ran(await made.change(1))
    await deliver(bot)
    await work(bot, "pending", BOB)
    await bot.slack.do("channels", id=INCIDENT, is_archived=False)
    await deliver(bot)

    assert "🔎 To be reviewed since" in bot.slack.told(BOB)[-1]
    [card] = bot.cards()
    assert card.text.startswith("🚨 EMERGENCY CR-1")


async def test_where_slack_does_not_tell_who_is_in_the_group_they_are_told_later(bot: Edge) -> None:
    await bot.slack.fault("http_500", times=0, method="usergroups.list")
    await deliver(bot)
    before = bot.slack.direct(BOB)
    await bot.slack.http.delete(f"{bot.slack.url}/sandbox/faults")
    await deliver(bot)

    assert before == []
    assert len(bot.slack.direct(BOB)) == 1
    assert len(bot.slack.direct(ALICE)) == 1

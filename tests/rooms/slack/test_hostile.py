"""Who clicks is who Slack says clicked, and what is clicked is the change's own card, or nothing is decided."""

import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest

from bot.domain.change import State
from bot.sandbox.slack.workspace import Message
from bot.slack.cards import APPROVE, CANCEL, REJECT
from bot.slack.wording import Mrkdwn, Wording
from bot.store.tables import events
from tests.rooms.slack.edge import ASK, Edge, working
from tests.rooms.slack.requests import Door
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, INCIDENT, Json, StandIn
from tests.rooms.slack.test_buttons import state
from tests.rooms.slack.test_reception import unanswered
from tests.rooms.store.ledgers import kinds, rows

WORDS = Wording("en")
TEAM, OTHER = "T0SANDBOX", "T0OTHER"
COPIES = "C0COPIES"
NOT_THE_CARD = WORDS.say("refusal/not_the_card", change="CR-1", channel=Mrkdwn(f"<#{INCIDENT}>"))


@pytest.fixture
async def door(idle: Edge) -> AsyncIterator[Door]:
    """Run the bot over HTTP, where anything can be posted to it, signed as Slack does."""
    port = idle.port()
    async with working(idle, port=port) as bot, httpx.AsyncClient(trust_env=False, timeout=30) as http:
        yield Door(bot, port.url, http)


def click(card: Message, **forged: object) -> Json:
    """Return bob's click on Approve of ``card``, but for what is ``forged``."""
    pressed = next(block for block in card.blocks if block["type"] == "actions")
    button = next(one for one in pressed["elements"] if one["action_id"] == APPROVE)
    action = {"type": "button", "action_id": APPROVE, "block_id": pressed["block_id"], "value": button["value"]}
    return {
        "type": "block_actions",
        "api_app_id": "A0SANDBOX",
        "team": {"id": TEAM, "domain": "sandbox"},
        "user": {"id": BOB, "username": "bob", "team_id": TEAM},
        "trigger_id": "1.2.3",
        "channel": {"id": INCIDENT, "name": "incident-42"},
        "container": {"type": "message", "message_ts": card.ts, "channel_id": INCIDENT, "is_ephemeral": False},
        "message": {"type": "message", "ts": card.ts, "user": "U0COUNTER", "text": card.text},
        "actions": [{**action, "action_ts": "1700000000.000001"}],
        **forged,
    }


async def post(door: Door, payload: Json) -> None:
    answer = await door.post(urlencode({"payload": json.dumps(payload)}).encode())
    assert answer.is_success, answer.text
    while await unanswered(door.edge.ledger):
        pass


async def decided_by(bot: Edge) -> list[str]:
    return [
        str(row["actor"])
        for row in await rows(bot.ledger, events)
        if row["kind"] in {"change.approve", "change.reject"}
    ]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ({"id": "U0GUEST", "team_id": TEAM}, "Guests can't decide"),
        ({"id": "U0GONE", "team_id": TEAM}, "Your account is deactivated"),
        ({"id": "U0COUNTER", "team_id": TEAM}, "A bot can't decide"),
        ({"id": "USLACKBOT", "team_id": TEAM}, "A bot can't decide"),
        ({"id": "U0FLOW", "team_id": TEAM}, "A bot can't decide"),
        ({"id": "U0STRANGE", "team_id": OTHER}, "Only our own members can decide"),
        ({"id": "U0STRANGE", "team_id": TEAM}, "Only our own members can decide"),
        ({"id": BOB, "team_id": OTHER}, "Only our own members can decide"),
        ({"id": "U0NOBODY", "team_id": TEAM}, "Slack didn't tell me who you are (user_not_found)"),
    ],
)
async def test_who_may_not_decide_is_told_why_and_decides_nothing(door: Door, who: Json, words: str) -> None:
    await door.edge.slack.do("users", id="USLACKBOT", name="slackbot")
    await door.edge.slack.do("users", id="U0FLOW", is_workflow_bot=True)
    card = await door.edge.asked()

    await post(door, click(card, user=who))

    assert await state(door.edge) is State.PENDING
    told = [row["facts"] for row in await rows(door.edge.ledger, events) if row["kind"] == "answered"]
    assert [(one["to"], words in one["text"]) for one in told] == [(who["id"], True)]


async def test_what_the_payload_s_message_says_counts_for_nothing(door: Door) -> None:
    card = await door.edge.asked()
    forged = {"ts": card.ts, "user": CARLA, "text": "CR-1 by carla", "metadata": {"event_payload": {"user": CARLA}}}

    await post(door, click(card, message=forged, user={"id": ALICE, "team_id": TEAM}))
    by_requester = await state(door.edge)
    await post(door, click(card, message=forged))

    assert by_requester is State.PENDING
    assert await state(door.edge) is State.APPROVED
    assert await decided_by(door.edge) == [BOB]


async def test_a_click_posted_again_with_a_fresh_signature_counts_once(door: Door) -> None:
    payload = click(await door.edge.asked())

    for _ in range(3):
        await post(door, payload)
        door.edge.time.passed += 100

    assert await decided_by(door.edge) == [BOB]
    assert door.edge.slack.told(BOB) == []


async def test_a_click_without_a_card_is_none(door: Door) -> None:
    card = await door.edge.asked()

    await post(door, click(card, container={"type": "view", "view_id": "V1"}, message=None))
    await door.edge.told(NOT_THE_CARD)

    assert await state(door.edge) is State.PENDING


async def copied(slack: StandIn, card: Message, channel: str) -> str:
    """Post what ``card`` shows once more, as another process with the app's token could; return its ``ts``."""
    return await slack.post(card.blocks, channel)


async def places(slack: StandIn) -> dict[str, str]:
    """Return where a copy may stand."""
    await slack.do("channels", id=COPIES, members=[BOB, slack.workspace.bot_user])
    return {"same": INCIDENT, "other": COPIES, "direct": slack.workspace.direct_messages(BOB).id}


@pytest.mark.parametrize("action", [APPROVE, REJECT])
@pytest.mark.parametrize("where", ["same", "other", "direct"])
async def test_a_copy_of_the_card_decides_nothing_and_says_where_the_card_is(
    bot: Edge, where: str, action: str
) -> None:
    card = await bot.asked()
    await noted(bot)
    channel = (await places(bot.slack))[where]
    ts = await copied(bot.slack, card, channel)

    await bot.slack.do("press", user=BOB, channel=channel, ts=ts, action_id=action)
    await bot.slack.until(lambda: any(NOT_THE_CARD in text for text in bot.slack.told(BOB, channel)))

    assert await state(bot) is State.PENDING
    assert bot.slack.workspace.views_of(BOB) == []


async def test_a_copy_takes_nothing_back_for_the_requester_either(bot: Edge) -> None:
    card = await bot.asked()
    await noted(bot)
    ts = await copied(bot.slack, card, INCIDENT)

    await bot.slack.do("press", user=ALICE, channel=INCIDENT, ts=ts, action_id=CANCEL)
    await bot.told(NOT_THE_CARD, user=ALICE)

    assert await state(bot) is State.PENDING


async def test_a_card_s_button_decides_no_other_change(bot: Edge) -> None:
    card = await bot.asked()
    await bot.type(ASK.replace("cpm-quick001", "cpm-quick002"))
    await noted(bot, cards=2)

    await bot.slack.do("press", user=BOB, channel=INCIDENT, ts=card.ts, action_id=APPROVE, value="2.1")
    await bot.told(NOT_THE_CARD.replace("CR-1", "CR-2"))

    assert [await state(bot, number) for number in (1, 2)] == [State.PENDING, State.PENDING]


async def test_a_version_that_the_card_never_had_decides_nothing(bot: Edge) -> None:
    await bot.asked()

    await bot.press(APPROVE, value="1.2")
    await bot.told("This copy of CR-1 is out of date")

    assert await state(bot) is State.PENDING


async def test_a_card_whose_place_slack_did_not_tell_yet_decides(bot: Edge) -> None:
    await bot.slack.fault("slow", method="chat.postMessage", seconds=30)
    await bot.asked()

    await bot.press(APPROVE)
    while await state(bot) is State.PENDING:  # each look takes a turn of the loop
        pass

    assert await state(bot) is State.APPROVED
    assert "post.sent" not in await kinds(bot.ledger)
    await bot.slack.do("clock", advance=30)


async def test_a_card_decides_although_its_channel_s_id_changed_or_the_bot_was_put_out(door: Door) -> None:
    card = await door.edge.asked()
    await noted(door.edge)
    container = {"type": "message", "message_ts": card.ts, "channel_id": "C0RENAMED", "is_ephemeral": False}

    await post(door, click(card, channel={"id": "C0RENAMED", "name": "privategroup"}, container=container))

    assert await state(door.edge) is State.APPROVED


async def noted(bot: Edge, cards: int = 1) -> None:
    """Wait until the bot knows where its cards stand."""
    while (await kinds(bot.ledger)).count("post.sent") < cards:
        pass

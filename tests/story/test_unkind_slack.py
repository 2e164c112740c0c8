"""A Slack that loses answers, says things twice and loses messages: what people see stays right."""

import pytest

from bot.slack.cards import APPROVE, CANCEL, REJECT
from tests.story.cloud_side import READ
from tests.story.stage import Stage, buttons, name

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_posts_whose_answers_are_lost_are_found_again_and_not_repeated(stage: Stage) -> None:
    await stage.fault("drop_after", "chat.postMessage", times=3)
    card = await stage.asks(8123)
    await stage.recorded(card, "post.sent")
    await stage.presses("bob", card, APPROVE)
    await stage.result(card)
    await stage.reply(card, "progress", "done; the result is below")

    assert len(await stage.cards()) == 1
    assert await stage.thread(card) == ["progress", "result"]
    [fault] = await stage.faults("drop_after")
    assert fault["hits"] == 3


async def test_a_command_and_a_click_that_arrive_twice_count_once(stage: Stage) -> None:
    await stage.fault("duplicate_envelope", times=2)
    card = await stage.asks(8123)
    await stage.presses("bob", card, APPROVE)
    await stage.recorded(card, "call.answered")

    assert len(await stage.cards()) == 1
    assert await stage.seen_by("bob") == []
    assert stage.record.events(name(card)).count("change.approve") == 1
    assert len(await stage.cloud.modify_calls(stage.backend)) == 1
    [fault] = await stage.faults("duplicate_envelope")
    assert fault["hits"] == 2


async def test_a_card_that_somebody_deleted_comes_back_when_it_changes(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.drift(stage.backend, probe_port=8500)
    await stage.cloud.fault(READ, "hold_before")
    await stage.presses("bob", card, APPROVE)
    await stage.cloud.until_held()
    await stage.fault("message_deleted", channel=stage.channel, ts=card["ts"])
    await stage.cloud.release()
    again = await stage.card("⚠️ *Not run: facts moved")

    assert again["ts"] != card["ts"]
    assert buttons(again) == [APPROVE, REJECT, CANCEL]
    assert len(await stage.cards()) == 1


async def test_a_line_that_slack_cuts_is_taken_up_again(stage: Stage) -> None:
    await stage.fault("reconnect_storm", n=2)
    await stage.http.get(f"{stage.url}/sandbox/sockets", params={"at_least": 1})
    card = await stage.asks(8123)

    assert "⏳ *Waiting for a second person*" in card["text"]


async def test_a_card_that_slack_will_not_take_leaves_nobody_waiting(stage: Stage) -> None:
    await stage.fault("api_error", "chat.postMessage", error="is_archived")
    await stage.types("alice", stage.backend.command(8123))

    told = await stage.told("alice", "Slack takes no card in this channel (is_archived)")
    assert "I took it back, and nothing was changed." in told
    assert await stage.cards() == []
    await stage.asks(8124)  # the backend is free again


async def test_a_card_that_slack_puts_off_comes_later_once(stage: Stage) -> None:
    await stage.fault("rate_limited", "chat.postMessage", retry_after=1, times=2)
    await stage.asks(8123)

    assert len(await stage.cards()) == 1
    [fault] = await stage.faults("rate_limited")
    assert fault["hits"] == 2

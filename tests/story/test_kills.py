"""Power cuts: whenever the bot dies, the next start ends what was begun, once."""

import asyncio

import pytest

from bot.slack.cards import APPROVE
from tests.story.backstage import Backstage
from tests.story.cloud_side import MODIFY, POLL, READ
from tests.story.stage import Message, Stage, name

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEAVING, ROBOT = "U0LEAVING", "U0ROBOT"


async def must_have_happened_once(stage: Stage, card: Message) -> None:
    assert len(await stage.cloud.modify_calls(stage.backend)) == 1
    assert await stage.cloud.probe_port(stage.backend) == 8123
    assert await stage.thread(card) == ["progress", "result"]
    assert len(await stage.cards()) == 1
    assert stage.record.state(name(card)) == "SUCCEEDED"
    assert stage.record.events(name(card)).count("change.approve") == 1


async def test_killed_after_the_click_before_the_call_it_calls_once(backstage: Backstage) -> None:
    bot = await backstage.bot()
    card = await backstage.asks(8123)
    await backstage.cloud.fault(READ, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()  # the guard's read
    assert await backstage.cloud.modify_calls(backstage.backend) == []
    await bot.kill()
    await backstage.cloud.release()
    await backstage.bot()
    result = await backstage.result(card)

    assert "✅ *verified: probe port is now 8123*" in result
    await must_have_happened_once(backstage, card)


async def test_killed_after_the_call_before_its_answer_it_settles_by_reading(backstage: Backstage) -> None:
    bot = await backstage.bot()
    card = await backstage.asks(8123)
    await backstage.cloud.fault(MODIFY, "hold")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()  # the answer; the call is done
    assert len(await backstage.cloud.modify_calls(backstage.backend)) == 1
    await bot.kill()
    await backstage.cloud.release()
    await backstage.bot()
    result = await backstage.result(card)

    assert "✅ *verified: probe port is now 8123*" in result
    assert "The call or its task gave no clear answer; the value was read." in result
    assert "task none" in result
    await must_have_happened_once(backstage, card)
    assert "step.settling" in backstage.record.events(name(card))


async def test_killed_while_following_the_task_it_follows_on(backstage: Backstage) -> None:
    bot = await backstage.bot()
    card = await backstage.asks(8123)
    await backstage.cloud.fault(POLL, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    [task] = await backstage.cloud.tasks(backstage.backend.load_balancer)
    await bot.kill()
    await backstage.cloud.release()
    await backstage.bot()
    result = await backstage.result(card)

    assert "✅ *verified: probe port is now 8123*" in result
    assert f"task `{task['task']}`" in result
    await must_have_happened_once(backstage, card)


async def test_killed_between_a_post_and_its_note_it_finds_the_card_again(backstage: Backstage) -> None:
    bot = await backstage.bot()
    await backstage.fault("slow", "chat.postMessage", seconds=3600)
    card = await backstage.asks(8123)  # it stands there; Slack keeps the answer back
    await bot.kill()
    assert backstage.record.events(name(card)) == ["change.opened"]
    await backstage.bot()
    await backstage.recorded(card, "post.sent")

    assert [one["ts"] for one in await backstage.cards()] == [card["ts"]]
    assert card["metadata"]["event_payload"]["purpose"] == "card"


async def test_killed_before_the_card_it_shows_the_card_once(backstage: Backstage) -> None:
    bot = await backstage.bot()
    await backstage.cloud.fault(READ, "hold_before")
    await backstage.types("alice", backstage.backend.command(8123))
    await backstage.cloud.until_held()
    assert await backstage.cards() == []
    await bot.kill()
    await backstage.cloud.release()
    await backstage.bot()
    card = await backstage.card("⏳ *Waiting for a second person*")

    assert len(await backstage.cards()) == 1
    assert backstage.record.changes_on(backstage.backend.load_balancer) == 1
    assert backstage.record.events(name(card))[0] == "change.opened"


async def test_killed_with_clicks_unanswered_it_asks_anew_who_clicked(backstage: Backstage) -> None:
    bot = await backstage.bot()
    card = await backstage.asks(8123)
    await backstage.fault("slow", "users.info", seconds=3600, times=0)
    await backstage.join(LEAVING, ROBOT)
    for who in (LEAVING, ROBOT):
        await backstage.presses(who, card, APPROVE)
    await bot.kill()
    await backstage.http.delete(f"{backstage.url}/sandbox/faults")
    await backstage.control("users", id=LEAVING, deleted=True)
    await backstage.control("users", id=ROBOT, is_bot=True)
    await backstage.bot()

    await backstage.told(LEAVING, f"Your account is deactivated, so you can't decide {name(card)}.")
    await backstage.told(ROBOT, f"A bot can't decide {name(card)}.")
    assert backstage.record.state(name(card)) == "PENDING"


async def test_what_was_typed_too_long_ago_is_refused_instead_of_done_late(backstage: Backstage) -> None:
    bot = await backstage.bot()
    await backstage.cloud.fault(READ, "hold_before")
    await backstage.types("alice", backstage.backend.command(8123))
    await backstage.cloud.until_held()
    await bot.kill()
    await backstage.cloud.release()
    backstage.record.change("UPDATE intake SET received_at = received_at - 3600 WHERE finished_at IS NULL")
    await backstage.bot()

    await backstage.told("alice", "I was away when you sent this, and too long to do it now.")
    assert await backstage.cards() == []
    assert backstage.record.changes_on(backstage.backend.load_balancer) == 0


async def test_what_a_dead_bot_was_at_goes_on_even_while_slack_is_away(backstage: Backstage) -> None:
    bot = await backstage.bot()
    card = await backstage.asks(8123)
    await backstage.cloud.fault(POLL, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    await bot.kill()
    await backstage.cloud.release()
    await backstage.fault("http_500", "auth.test", times=0)
    starting = asyncio.create_task(backstage.bot())
    await backstage.recorded(card, "change.succeed")
    told_meanwhile = await backstage.thread(card)
    await backstage.http.delete(f"{backstage.url}/sandbox/faults")
    await starting
    result = await backstage.result(card)

    assert "result" not in told_meanwhile
    assert "✅ *verified: probe port is now 8123*" in result
    await must_have_happened_once(backstage, card)

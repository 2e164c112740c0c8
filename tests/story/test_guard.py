"""What was approved is what runs, or nothing runs."""

import pytest

from bot.slack.cards import APPROVE, CANCEL, REJECT
from tests.story.stage import Stage, block_id, buttons, name

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_value_that_moved_before_the_approval_stops_the_run_and_asks_again(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.drift(stage.backend, probe_port=8500)
    await stage.presses("bob", card, APPROVE)
    again = await stage.card("⚠️ *Not run: facts moved after the approval.*", of=card)
    notice = await stage.reply(card, "moved:2")

    assert "• probe port: 8001 → *8500*" in again["text"]
    assert "probe port 8500 → 8123" in again["text"]
    assert "⏳ *Waiting for a second person*" in again["text"]
    assert buttons(again) == [APPROVE, REJECT, CANCEL]
    assert notice.startswith("⏸️ <@U0BOB>: what you approved is no longer so, and nothing was run.")
    assert "• probe port: 8001 → *8500*" in notice
    assert await stage.cloud.modify_calls(stage.backend) == []
    assert stage.record.state(name(card)) == "PENDING"


async def test_a_card_that_asks_again_runs_when_it_is_approved_again(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.drift(stage.backend, probe_port=8500)
    await stage.presses("bob", card, APPROVE)
    again = await stage.card("⚠️ *Not run: facts moved", of=card)
    result = await stage.approved(again, by="carla")

    assert "✅ *verified: probe port is now 8123*" in result
    assert "(was 8500)" in result
    assert "<@U0CARLA> approved" in result
    assert len(await stage.cloud.modify_calls(stage.backend)) == 1
    assert "facts moved" not in (await stage.card("✅ *Succeeded", of=card))["text"]
    assert sorted(await stage.thread(card)) == ["moved:2", "progress", "result"]
    assert len(await stage.cards()) == 1


async def test_a_click_on_the_copy_from_before_decides_nothing(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.drift(stage.backend, probe_port=8500)
    await stage.presses("bob", card, APPROVE)
    await stage.card("⚠️ *Not run: facts moved", of=card)
    await stage.presses("bob", card, APPROVE, block_id=block_id(card))

    await stage.told("bob", f"This copy of {name(card)} is out of date. Look at its newest card and decide there.")
    assert stage.record.state(name(card)) == "PENDING"
    assert await stage.cloud.modify_calls(stage.backend) == []


async def test_a_health_check_switched_off_meanwhile_stops_the_run(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.drift_listener(stage.backend, custom_health_switch=0)
    result = await stage.approved(card)

    assert "❌ *Not run; nothing was changed*" in result
    assert "has its custom health check off" in result
    assert await stage.cloud.modify_calls(stage.backend) == []


async def test_a_value_that_somebody_else_set_meanwhile_is_not_set_again(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.drift(stage.backend, probe_port=8123)
    result = await stage.approved(card)

    assert f"❌ *Not run: probe port is 8123 already* on `{stage.backend.host}:80`." in result
    assert "❌ *Nothing done*: probe port was 8123 already" in (await stage.card("Nothing done", of=card))["text"]
    assert stage.record.state(name(card)) == "FAILED"
    assert await stage.cloud.modify_calls(stage.backend) == []

"""Outcomes that nobody tells for a while: what is called again, and what only people settle."""

import pytest

from bot.slack.cards import CHECK_AGAIN
from tests.story.cloud_side import MODIFY
from tests.story.stage import Stage, buttons, name

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_call_that_was_cut_off_is_made_once_more_when_it_is_settled(impatient: Stage) -> None:
    card = await impatient.asks(8123)
    await impatient.cloud.fault(MODIFY, "refuse_connection_after_read")
    result = await impatient.approved(card)

    assert "✅ *verified: probe port is now 8123*" in result
    calls = await impatient.cloud.modify_calls(impatient.backend)
    assert [call["outcome"] for call in calls] == ["refuse_connection_after_read", "ok"]
    assert calls[1]["at"] - calls[0]["at"] >= 1
    events = [event for event in impatient.record.events(name(card)) if event.startswith(("call.", "step.settling"))]
    assert events == ["call.about_to", "call.answered", "step.settling", "call.about_to", "call.answered"]


async def test_a_call_cut_off_twice_is_not_made_a_third_time(impatient: Stage) -> None:
    card = await impatient.asks(8123)
    await impatient.cloud.fault(MODIFY, "refuse_connection_after_read", times=0)
    result = await impatient.approved(card)

    assert "❓ *Outcome unknown: a call for" in result
    assert "does not show 8123 now" in result
    assert len(await impatient.cloud.modify_calls(impatient.backend)) == 2
    assert impatient.record.state(name(card)) == "UNKNOWN"


async def test_a_stuck_task_is_unknown_until_somebody_checks_again_and_the_cloud_tells(impatient: Stage) -> None:
    await impatient.cloud.plan(outcome="stuck")
    card = await impatient.asks(8123)
    unknown = await impatient.approved(card)
    card = await impatient.card("❓ *Outcome unknown*", of=card)
    await impatient.presses("carla", card, CHECK_AGAIN)
    still = await impatient.told("carla", name(card))
    await impatient.cloud.drift(impatient.backend, probe_port=8123)
    await impatient.presses("bob", card, CHECK_AGAIN)
    result = await impatient.result(card, "✅ *verified: probe port is now 8123*")

    assert "❓ *Outcome unknown: the cloud's task" in unknown
    assert "Press *Check again* on the card: it only reads." in unknown
    assert buttons(card) == [CHECK_AGAIN]
    assert "仍然未知" in still
    assert "The call or its task gave no clear answer; the value was read." in result
    assert await impatient.thread(card) == ["progress", "result"]
    assert len(await impatient.cloud.modify_calls(impatient.backend)) == 1
    assert buttons(await impatient.card("✅ *Succeeded", of=card)) == []


async def test_a_task_status_that_nobody_documents_is_no_success(impatient: Stage) -> None:
    await impatient.cloud.plan(outcome="failed", status=7)
    card = await impatient.asks(8123)
    result = await impatient.approved(card)

    assert "❓ *Outcome unknown: the cloud's task" in result
    assert impatient.record.state(name(card)) == "UNKNOWN"

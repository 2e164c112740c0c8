"""A cloud that loses answers, refuses and fails: what people are told, and how often it is called."""

import pytest

from tests.story.cloud_side import MODIFY
from tests.story.stage import Stage, name

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_lost_answer_is_settled_by_reading(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.cloud.fault(MODIFY, "lose_answer")
    result = await stage.approved(card)

    assert "✅ *verified: probe port is now 8123*" in result
    assert "The call or its task gave no clear answer; the value was read." in result
    assert len(await stage.cloud.modify_calls(stage.backend)) == 1
    await stage.card("✅ *Succeeded and read back*", of=card)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (12003, "12003: The load balancer's status does not allow this now. Wait until it is running, then ask again."),
        (-21001, "-21001: The load balancer's status does not allow this now; another task may be at work. Wait a"),
    ],
)
async def test_a_refusal_tells_what_the_code_means_and_what_to_do(stage: Stage, code: int, meaning: str) -> None:
    card = await stage.asks(8123)
    await stage.cloud.fault(MODIFY, "error", code=code)
    result = await stage.approved(card)

    assert "❌ *The cloud refused; nothing was changed*" in result
    assert meaning in result
    assert "Undo" not in result
    assert stage.record.state(name(card)) == "FAILED"
    assert await stage.cloud.probe_port(stage.backend) == 8001
    assert len(await stage.cloud.modify_calls(stage.backend)) == 1


async def test_a_failed_task_that_left_the_old_value_is_a_failure(stage: Stage) -> None:
    await stage.cloud.plan(outcome="failed")
    card = await stage.asks(8123)
    result = await stage.approved(card)

    assert f"❌ *The cloud's task failed; the probe port of `{stage.backend.host}:80` is still 8001.*" in result
    assert stage.record.state(name(card)) == "FAILED"
    assert "❌ *Failed*" in (await stage.card("Failed", of=card))["text"]


async def test_a_failed_task_that_set_the_value_all_the_same_is_a_success_that_says_so(stage: Stage) -> None:
    await stage.cloud.plan(outcome="failed_but_applied")
    card = await stage.asks(8123)
    result = await stage.approved(card)

    assert "✅ *verified: probe port is now 8123*" in result
    assert "although the cloud's task says it failed" in result
    assert stage.record.state(name(card)) == "SUCCEEDED"

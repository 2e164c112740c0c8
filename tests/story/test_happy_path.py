"""One command, one second person, one change: what everybody sees when all goes well."""

import re

import pytest

from bot.slack.cards import APPROVE, CANCEL, REJECT
from tests.story.backstage import Backstage
from tests.story.cloud_side import MODIFY, MODIFY_V3, POLL
from tests.story.stage import BOT, Stage, buttons, name

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEPS = ("change.start", "step.checking", "call.about_to", "step.calling", "call.answered", "step.following",
         "step.verifying", "step.watching", "change.succeed")  # fmt: skip


async def test_a_card_tells_what_will_happen_to_what_is_true_now(stage: Stage) -> None:
    card = await stage.asks(8123)

    backend = stage.backend
    for fact in (f"probe port 8001 → 8123 on {backend.host}:80", "*Probe port* 8001 → *8123*", "Alive, weight 10",
                 "3 of 3 Alive", backend.listener, backend.load_balancer, "health endpoint moved",
                 "⏳ *Waiting for a second person* until"):  # fmt: skip
        assert fact in card["text"]
    assert buttons(card) == [APPROVE, REJECT, CANCEL]
    assert await stage.cloud.modify_calls(backend) == []
    assert await stage.seen_by("alice") == []  # the receipt gave way to the card


async def test_an_approved_change_runs_once_and_everything_about_it_is_told_and_recorded(stage: Stage) -> None:
    card = await stage.asks(8123)
    result = await stage.approved(card)

    [call] = await stage.cloud.modify_calls(stage.backend)
    assert (call["action"], call["params"]["probePort"]) == (MODIFY, "8123")
    assert await stage.cloud.probe_port(stage.backend) == 8123
    assert "✅ *verified: probe port is now 8123*" in result
    assert "(was 8001)" in result
    assert "<@U0ALICE> asked · <@U0BOB> approved" in result
    assert "Health: Alive, watched for 3 s" in result
    assert re.search(rf"{name(card)} · took \d+ s · task `{call['task']}` · RequestId none", result)
    card = await stage.card("✅ *Succeeded and verified*", of=card)
    assert buttons(card) == []
    await stage.reply(card, "progress", "▰▰▰▰▰▰  done; the result is below")
    assert await stage.thread(card) == ["progress", "result"]
    assert [one["ts"] for one in await stage.cards()] == [card["ts"]]
    done = stage.record.who_did(name(card))
    assert done.count(("post.sent", BOT)) == 3
    assert [event for event in done if not event[0].startswith("post.")] == [
        ("change.opened", "U0ALICE"),
        ("change.approve", "U0BOB"),
        *((kind, BOT) for kind in STEPS),
    ]


async def test_the_undo_line_typed_as_it_is_restores_the_old_value(stage: Stage) -> None:
    card = await stage.asks(8123)
    found = re.search(r"Undo: `(/lb [^`]+)`", await stage.approved(card))
    assert found
    await stage.types("carla", found[1])
    undo = await stage.card("8123 → 8001")
    await stage.presses("bob", undo, APPROVE)
    await stage.recorded(undo, "step.watching")

    assert f"undo {name(card)}" in undo["text"]
    assert await stage.cloud.probe_port(stage.backend) == 8001
    assert len(await stage.cards()) == 2


async def test_a_probe_port_that_was_unset_has_no_exact_undo(stage: Stage) -> None:
    await stage.cloud.drift(stage.backend, probe_port=-1)
    card = await stage.asks(8123)
    result = await stage.approved(card)

    assert "probe port not set → 8123" in card["text"]
    assert "(was not set)" in result
    assert "No exact undo: the probe port was not set before, and the API can't unset one." in result


async def test_api_3_0_runs_the_same_change_and_tells_its_request_id(backstage: Backstage) -> None:
    before = await backstage.cloud.calls(MODIFY, POLL)
    await backstage.bot(COUNTERSIGN_BMLB_API="3.0")
    card = await backstage.asks(8123)
    result = await backstage.approved(card)

    [call] = await backstage.cloud.modify_calls(backstage.backend)
    assert (call["action"], call["params"]["ProbePort"]) == (MODIFY_V3, 8123)
    assert "✅ *verified: probe port is now 8123*" in result
    assert f"task `{call['task']}` · RequestId `{call['request_id']}`" in result
    assert await backstage.cloud.calls(MODIFY, POLL) == before
    assert await backstage.cloud.probe_port(backstage.backend) == 8123

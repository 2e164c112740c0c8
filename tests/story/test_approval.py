"""Who decides, once: every click gets an answer, and only a second person's first one counts."""

import asyncio

import pytest

from bot.slack.cards import APPROVE, CANCEL, REJECT
from tests.story.record import number
from tests.story.stage import Stage, block_id, buttons, name

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOT_OURS = "This button is not one of mine, or no longer active. Nothing was done."


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("alice", "You asked for {} yourself; a second person has to approve or reject it. You can cancel it."),
        ("gustav", "Guests can't decide {}. Ask a full member."),
        ("stranger", "Only our own members can decide {}; your account belongs to another workspace."),
    ],
)
@pytest.mark.parametrize("action", [APPROVE, REJECT])
async def test_who_is_no_second_person_is_told_why(stage: Stage, who: str, answer: str, action: str) -> None:
    card = await stage.asks(8123)
    await stage.presses(who, card, action)

    await stage.told(who, answer.format(name(card)))
    assert await stage.forms(who) == []
    assert stage.record.state(name(card)) == "PENDING"


async def test_the_second_click_is_told_who_was_faster(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.presses("bob", card, REJECT)
    await stage.submits("bob", "not today")
    await stage.result(card)
    await stage.presses("carla", card, APPROVE, block_id=block_id(card))

    await stage.told("carla", name(card), "“已拒绝”", "<@U0BOB>")
    assert stage.record.events(name(card)).count("change.reject") == 1
    assert await stage.cloud.modify_calls(stage.backend) == []


async def test_two_approvers_at_the_same_moment_start_one_run(stage: Stage) -> None:
    card = await stage.asks(8123)
    shown = block_id(card)  # both see the card as it was; one of the clicks may arrive after its edit
    await asyncio.gather(*(stage.presses(who, card, APPROVE, block_id=shown) for who in ("bob", "carla")))
    await stage.recorded(card, "call.answered")

    [winner] = [actor for kind, actor in stage.record.who_did(name(card)) if kind == "change.approve"]
    loser = {"U0BOB": "carla", "U0CARLA": "bob"}[winner]
    assert f"<@{winner}>" in await stage.told(loser, name(card))
    assert len(await stage.cloud.modify_calls(stage.backend)) == 1


@pytest.mark.parametrize(
    ("forged", "answer"),
    [
        ("999999.1", "There is no CR-999999."),
        ("x", NOT_OURS),
        ("", NOT_OURS),
        ("1.1; DROP TABLE changes", NOT_OURS),
        ("99999999999999999999999.1", NOT_OURS),
    ],
)
async def test_a_forged_button_is_answered_and_decides_nothing(stage: Stage, forged: str, answer: str) -> None:
    card = await stage.asks(8123)
    await stage.presses("bob", card, APPROVE, value=forged)

    assert await stage.told("bob", "") == answer
    assert stage.record.state(name(card)) == "PENDING"


async def test_a_rejection_needs_a_reason_and_tells_it_to_the_requester(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.presses("bob", card, REJECT)
    empty = await stage.submits("bob", "   ")
    still_open = await stage.forms("bob")
    sent = await stage.submits("bob", "the new endpoint isn't deployed <yet>")
    result = await stage.result(card)

    assert empty["errors"] == {"note": "Please give a reason; the requester reads it."}
    assert len(still_open) == 1
    assert sent["ok"]
    assert await stage.forms("bob") == []
    assert result.startswith(f"🚫 <@U0ALICE>: <@U0BOB> rejected {name(card)}.")
    assert "Reason: the new endpoint isn't deployed &lt;yet&gt;" in result
    card = await stage.card("🚫 *Rejected* by <@U0BOB>", of=card)
    assert buttons(card) == []
    assert await stage.thread(card) == ["result"]


async def test_the_requester_takes_a_change_back(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.presses("alice", card, CANCEL)
    card = await stage.card("↩️ *Cancelled* by <@U0ALICE>. Nothing was changed.", of=card)

    assert buttons(card) == []
    assert stage.record.state(name(card)) == "CANCELLED"
    again = await stage.asks(8124)  # the backend is free again
    assert name(again) != name(card)


async def test_nobody_else_takes_a_change_back(stage: Stage) -> None:
    card = await stage.asks(8123)
    await stage.presses("bob", card, CANCEL)

    await stage.told("bob", f"Only <@U0ALICE>, who asked for {name(card)}, can cancel it. You can reject it.")
    assert stage.record.state(name(card)) == "PENDING"


async def test_what_nobody_decides_in_time_expires_by_itself(stage: Stage) -> None:
    card = await stage.asks(8123)
    stage.record.change("UPDATE changes SET expires_at = 1000000000 WHERE id = ?", number(name(card)))
    expired = await stage.card("⌛ *Expired*", of=card)
    result = await stage.result(card)
    await stage.presses("bob", card, APPROVE, block_id=block_id(card))

    assert buttons(expired) == []
    assert result.startswith(f"⌛ <@U0ALICE>: nobody decided {name(card)} in time. Nothing was changed.")
    await stage.told("bob", f"{name(card)} expired at", "Nothing was changed; ask again with a new command.")
    assert await stage.cloud.modify_calls(stage.backend) == []

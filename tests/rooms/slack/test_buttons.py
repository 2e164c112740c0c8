"""What a press on a card does, and what it answers."""

import pytest

from bot.domain.change import State
from bot.slack.cards import APPROVE, CANCEL, CHECK_AGAIN, REJECT
from bot.slack.wording import Wording
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import ALICE, BOB

WORDS = Wording("en")


async def state(bot: Edge, number: int = 1) -> State:
    async with bot.ledger.reading() as book:
        return (await book.change(number)).state


async def test_an_approval_is_seen_on_the_card(bot: Edge) -> None:
    await bot.asked()

    await bot.press(APPROVE)

    await bot.shown("*Approved*")
    assert await state(bot) is State.APPROVED
    assert bot.slack.told(BOB) == []


async def test_a_refused_click_is_answered_to_its_person_only(bot: Edge) -> None:
    await bot.asked()

    await bot.press(APPROVE, user=ALICE)
    await bot.told("a second person has to approve", user=ALICE)

    assert bot.slack.told(BOB) == []
    assert await state(bot) is State.PENDING


async def test_a_person_slack_does_not_name_decides_nothing(bot: Edge) -> None:
    await bot.asked()
    await bot.slack.fault("http_500", method="users.info")

    await bot.press(APPROVE)
    await bot.told("Slack didn't tell me who you are")

    assert await state(bot) is State.PENDING


@pytest.mark.parametrize("value", ["7", "1.x", "99999999999999999999.1"])
async def test_a_forged_value_is_no_button_of_ours(bot: Edge, value: str) -> None:
    await bot.asked()

    await bot.press(APPROVE, value=value)

    await bot.told(WORDS.say("refusal/not_our_button"))


async def test_a_button_of_another_message_is_no_button_of_ours(bot: Edge) -> None:
    text = {"type": "plain_text", "text": "Go"}
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": text}]}]
    await bot.slack.post(blocks)

    await bot.press("go")

    await bot.told(WORDS.say("refusal/not_our_button"))


async def test_the_requester_takes_it_back_by_a_click(bot: Edge) -> None:
    await bot.asked()

    await bot.press(CANCEL, user=ALICE)

    await bot.shown("*Cancelled*")


async def test_a_rejection_asks_for_its_reason_and_shows_it(bot: Edge) -> None:
    card = await bot.asked()
    await bot.press(REJECT)
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(BOB)))

    blank = await bot.submit("   ")
    given = await bot.submit("not tonight")
    await bot.shown("*Rejected*")
    await bot.slack.until(lambda: bool(bot.slack.thread(card.ts)))

    assert blank["errors"] == {"note": WORDS.say("modal/reject/empty")}
    assert given["ok"]
    assert "not tonight" in bot.slack.thread(card.ts)[0].text


async def test_no_form_opens_for_who_may_not_reject(bot: Edge) -> None:
    await bot.asked()

    await bot.press(REJECT, user=ALICE)
    await bot.told("a second person has to approve", user=ALICE)

    assert bot.slack.workspace.views_of(ALICE) == []


async def test_another_look_at_an_unknown_outcome_is_answered(bot: Edge, made: World) -> None:
    await bot.asked()
    await bot.press(APPROVE)
    await bot.shown("*Approved*")
    made.plan(outcome="stuck")
    await made.ran(await made.change(1))
    await bot.shown("*Outcome unknown*")

    await bot.press(CHECK_AGAIN)
    await bot.told("still unknown")
    made.end_tasks(1)
    await bot.press(CHECK_AGAIN)
    await bot.told(f"CR-1: {WORDS.say('state/FAILED')}")

    assert await state(bot) is State.FAILED


@pytest.mark.parametrize(
    ("note", "problem"),
    [
        ("\u200b\u2060", "modal/reject/empty"),
        ("\u202e \u2066", "modal/reject/empty"),
        ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3 leaked", "problem/secret_in_reason"),
        ("token=abc leaked", "problem/secret_in_reason"),
    ],
)
async def test_a_rejection_needs_a_reason_that_can_be_read_and_kept(bot: Edge, note: str, problem: str) -> None:
    await bot.asked()
    await bot.press(REJECT)
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(BOB)))

    answered = await bot.submit(note)

    assert answered["errors"] == {"note": WORDS.say(problem)}
    assert await state(bot) is State.PENDING


async def test_a_rejection_s_reason_shows_the_words_it_holds(bot: Edge) -> None:
    await bot.asked()
    await bot.press(REJECT)
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(BOB)))

    await bot.submit("\u200bnot \u202etonight\u202c ")
    await bot.shown("*Rejected*")

    async with bot.ledger.reading() as book:
        assert (await book.change(1)).note == "not tonight"

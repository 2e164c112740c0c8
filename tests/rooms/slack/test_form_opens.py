"""The form behind Reject: that it did not open is said only where that is known."""

import pytest

from bot.domain.change import State
from bot.sandbox.slack.app import App
from bot.slack.cards import REJECT
from bot.slack.client import web_client
from bot.slack.forms import Forms, View
from bot.slack.wording import Wording
from bot.store.intake import Taken
from bot.store.tables import posts
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, working
from tests.rooms.slack.stand_in import BOB, CARLA, INCIDENT
from tests.rooms.slack.test_buttons import state
from tests.rooms.store.ledgers import rows

LANGUAGES = {BOB: "en", CARLA: "zh"}
PRESSED = {user: Wording(language).say(f"button/{REJECT}") for user, language in LANGUAGES.items()}


@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "view_too_large"])
async def test_a_form_that_slack_refuses_did_not_open(bot: Edge, error: str) -> None:
    await bot.asked()
    await bot.slack.fault("api_error", error=error, method="views.open")

    await bot.press(REJECT)

    await bot.told(Wording("en").say("answer/form_not_opened", button="Reject"))
    assert await state(bot) is State.PENDING


async def test_a_form_that_never_left_did_not_open(idle: Edge, made: World) -> None:
    change = await made.asked()
    body = {"user": BOB, "channel": INCIDENT, "value": f"{change.id}.{change.version}"}
    taken = await idle.reception.take(REJECT, "1.1", body)
    assert taken

    async def form(_taken: Taken) -> View:
        return {"type": "modal"}

    cut_off = Forms(idle.reception, web_client(App().bot_token, "http://127.0.0.1:9/api/"))
    assert await cut_off.opened(taken, "1.2", form)

    [answer] = [row for row in await rows(idle.ledger, posts) if row["user"] == BOB]
    assert answer["body"]["text"] == Wording("en").say("answer/form_not_opened", button="Reject")


@pytest.mark.parametrize("user", LANGUAGES, ids=LANGUAGES.values())
async def test_a_form_that_opened_without_slack_s_word_may_have_opened_and_rejects_once(bot: Edge, user: str) -> None:
    await bot.people.learn_language(user)
    await bot.asked()
    await bot.slack.fault("drop_after", method="views.open")

    await bot.press(REJECT, user=user)
    await bot.told(Wording(LANGUAGES[user]).say("answer/form_maybe_opened", button=PRESSED[user]), user=user)
    sent = await bot.submit("not tonight", user=user)
    await bot.shown("*Rejected*")

    assert sent["ok"]
    assert await state(bot) is State.REJECTED


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop_before"},
        {"kind": "http_500"},
        {"kind": "http_503"},
        {"kind": "html_body"},
        {"kind": "api_error", "error": "fatal_error"},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_a_form_of_which_slack_says_nothing_clear_is_unknown_and_another_press_opens_it(
    bot: Edge, fault: dict[str, str]
) -> None:
    await bot.asked()
    await bot.slack.do("faults", method="views.open", **fault)

    await bot.press(REJECT)
    await bot.told(Wording("en").say("answer/form_maybe_opened", button="Reject"))
    await bot.press(REJECT)
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(BOB)))

    assert (await bot.submit("not tonight"))["ok"]


async def test_a_form_that_a_dead_process_may_have_opened_is_unknown(dead: Edge, idle: Edge, made: World) -> None:
    change = await made.asked()
    body = {"user": BOB, "channel": INCIDENT, "value": f"{change.id}.{change.version}"}
    assert await dead.reception.take(REJECT, "1.1", body)

    async with working(idle) as bot:
        await bot.reception.adopt()
        await bot.told(Wording("en").say("answer/form_maybe_opened", button="Reject"))

    assert await state(bot) is State.PENDING

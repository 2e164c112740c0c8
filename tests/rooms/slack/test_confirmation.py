"""Where a rule asks for it, an approver types the listener's id before anything is approved."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.domain.asks import ANYONE, Asks, Confirm, Stage
from bot.domain.change import State
from bot.domain.policy import Policy, Rule
from bot.sandbox.slack.workspace import View
from bot.slack.cards import APPROVE, REJECT
from bot.slack.modals import APPROVE_FORM, LISTENER
from bot.slack.wording import Wording
from bot.store.ledger import Ledger
from bot.store.tables import intake
from tests.rooms.engine.world import OPERATION, World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.requests import Door
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, INCIDENT, Json, StandIn
from tests.rooms.slack.test_buttons import state
from tests.rooms.slack.test_hostile import TEAM, decided_by, post
from tests.rooms.slack.test_reception import unanswered
from tests.rooms.store.ledgers import rows

WORDS = Wording("en")
STRICT = Rule(name="typed", then=Asks(stages=(Stage(approvers=(ANYONE,)),), confirm=Confirm.TYPED))
ID = OPERATION.listener
AGAIN = WORDS.say("answer/form_not_opened", button="Approve")
MAYBE = WORDS.say("answer/form_maybe_opened", button="Approve")


@pytest.fixture
async def strict(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    """Build a bot whose rules ask for it, of every change."""
    made.policy = Policy(rules=(STRICT,))
    async with edge(slack, ledger, made) as strict:
        yield strict


@pytest.fixture
async def bot(strict: Edge) -> AsyncIterator[Edge]:
    async with working(strict) as bot:
        yield bot


async def form(bot: Edge, user: str = BOB) -> View:
    """Press Approve and return the form that opens."""
    await bot.press(APPROVE, user=user)
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(user)))
    [view] = bot.slack.workspace.views_of(user)
    return view


async def typed(bot: Edge, text: str, user: str = BOB) -> Json:
    [view] = bot.slack.workspace.views_of(user)
    return await bot.slack.do("submit", user=user, view=view.id, values={LISTENER: {LISTENER: text}})


async def test_a_press_on_approve_opens_a_form_and_approves_nothing(bot: Edge) -> None:
    await bot.asked()

    view = await form(bot)

    assert f"Type the listener's id: {ID}" in str(view.payload["blocks"])
    assert "CR-1: probe port 8001 → 8101" in str(view.payload["blocks"])
    assert await state(bot) is State.PENDING


@pytest.mark.parametrize("text", [ID, ID.upper(), f" {ID.capitalize()}\u200b "])
async def test_who_types_the_listener_s_id_approves(bot: Edge, text: str) -> None:
    await bot.asked()
    await form(bot)

    closed = await typed(bot, text)
    await bot.shown("*Approved*")

    assert closed["ok"]
    assert bot.slack.workspace.views_of(BOB) == []
    assert await decided_by(bot) == [BOB]


@pytest.mark.parametrize("text", [ID[:-1], OPERATION.load_balancer, "yes", f"{ID} {ID}", "<b>"])
async def test_another_text_is_told_in_the_form_with_what_was_wrong(bot: Edge, text: str) -> None:
    await bot.asked()
    await form(bot)

    wrong = await typed(bot, text)
    still = await state(bot)
    await typed(bot, ID)
    await bot.shown("*Approved*")

    assert wrong["errors"] == {LISTENER: f"You typed {text}, and this change is on listener {ID}. "
                                         f"Nothing was approved; type {ID}, or go back."}  # fmt: skip
    assert still is State.PENDING


async def test_a_text_that_shows_nothing_is_none(bot: Edge) -> None:
    await bot.asked()
    await form(bot)

    assert (await typed(bot, "\u200b "))["errors"] == {LISTENER: f"Please type the listener's id: {ID}"}


async def test_no_form_opens_for_who_may_not_approve(bot: Edge) -> None:
    await bot.asked()

    await bot.press(APPROVE, user=ALICE)
    await bot.told("a second person has to approve", user=ALICE)

    assert bot.slack.workspace.views_of(ALICE) == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [({"kind": "api_error", "error": "expired_trigger_id"}, AGAIN), ({"kind": "drop_before"}, MAYBE)],
    ids=["refused", "unanswered"],
)
async def test_a_form_that_does_not_open_is_said_and_nothing_is_approved(
    bot: Edge, fault: dict[str, str], told: str
) -> None:
    await bot.asked()
    await bot.slack.do("faults", method="views.open", **fault)

    await bot.press(APPROVE)
    await bot.told(told)

    assert await state(bot) is State.PENDING


async def test_a_press_that_a_dead_process_took_in_approves_nothing(strict: Edge, dead: Edge) -> None:
    async with working(strict) as bot:
        card = await bot.asked()
        body = {"user": BOB, "team": TEAM, "channel": INCIDENT, "message": card.ts, "value": "1.1"}
        assert await dead.reception.take(APPROVE, "1.2", body) is not None

        await bot.reception.adopt()
        await bot.told(AGAIN)

        assert await state(bot) is State.PENDING


async def test_what_was_typed_is_stored_before_the_form_closes_and_done_once(bot: Edge) -> None:
    await bot.asked()
    await form(bot)
    await bot.slack.fault("duplicate_envelope")

    closed = await typed(bot, ID)
    stored = [row["body"]["typed"] for row in await rows(bot.ledger, intake) if row["kind"] == "confirmation"]
    await bot.shown("*Approved*")
    while await unanswered(bot.ledger):
        pass

    assert closed["ok"]
    assert stored == [ID]
    assert await decided_by(bot) == [BOB]


async def test_who_lost_the_right_while_typing_approves_nothing(bot: Edge) -> None:
    await bot.asked()
    await form(bot)
    await bot.slack.do("users", id=BOB, is_restricted=True)

    await typed(bot, ID)
    await bot.told("Guests can't decide CR-1")

    assert await state(bot) is State.PENDING


async def test_who_types_after_another_decided_is_told_who_was_faster(bot: Edge) -> None:
    await bot.asked()
    await form(bot)
    await form(bot, CARLA)
    await typed(bot, ID, CARLA)
    await bot.shown("*Approved*")

    await typed(bot, ID)
    await bot.told(f"by <@{CARLA}>")

    assert await decided_by(bot) == [CARLA]


async def test_a_rejection_asks_for_a_reason_and_for_no_id(bot: Edge) -> None:
    await bot.asked()
    await bot.press(REJECT)
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(BOB)))

    await bot.submit("not tonight")

    await bot.shown("*Rejected*")


async def test_a_form_that_names_another_listener_than_the_change_approves_nothing(strict: Edge) -> None:
    port = strict.port()
    async with working(strict, port=port) as bot, httpx.AsyncClient(trust_env=False, timeout=30) as http:
        await bot.asked()
        forged = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": BOB, "team_id": TEAM},
            "view": {
                "id": "V1",
                "hash": "1.2",
                "type": "modal",
                "callback_id": APPROVE_FORM,
                "private_metadata": f"{INCIDENT} 1.1 lbl-forged00",
                "state": {"values": {LISTENER: {LISTENER: {"type": "plain_text_input", "value": "lbl-forged00"}}}},
            },
        }
        await post(Door(bot, port.url, http), forged)
        await bot.told(f"not the id of the listener that CR-1 is on, `{ID}`")

        assert await state(bot) is State.PENDING

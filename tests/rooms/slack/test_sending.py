"""Send, below a preview: exactly that request, as if its person typed it now, and once."""

import pytest

from bot.domain.policy import Deny
from bot.slack.cards import CANCEL
from bot.slack.sending import SEND
from bot.slack.wording import Wording
from bot.store.tables import changes, intake
from tests.rooms.engine.frozen import freeze
from tests.rooms.engine.ruled import ONE_OF_TEAM, policy
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK, Edge
from tests.rooms.slack.previewed import LINE, PREVIEW, buttons, is_nothing_stored, previewed, seen, send, under
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, Json
from tests.rooms.store.ledgers import kinds, rows

WORDS = Wording("en")
NOT_OURS = WORDS.say("refusal/not_our_button")


async def opened(bot: Edge) -> list[tuple[str, str, str, str]]:
    return [(row["requester"], row["channel"], row["reason"], row["state"]) for row in await rows(bot.ledger, changes)]


async def test_a_press_sends_exactly_what_was_shown_and_the_card_takes_the_preview_s_place(bot: Edge) -> None:
    preview = await previewed(bot, PREVIEW.replace(" the health", " --at 2023-11-15T02:00+01:00 the health"))
    assert (await send(bot, preview))["ok"]
    await bot.slack.until(lambda: bool(bot.cards()) and not bot.slack.told(ALICE))

    [row] = await rows(bot.ledger, changes)
    assert await opened(bot) == [(ALICE, INCIDENT, "the health endpoint moved", "PENDING")]
    assert row["starts_at"] == 1_700_010_000.0
    recorded = await kinds(bot.ledger)
    assert [kind for kind in recorded if kind.startswith(("received", "change"))] == [
        "received.command",
        f"received.{SEND}",
        "change.opened",
    ]


async def test_however_often_it_is_pressed_it_is_one_change_and_each_press_is_answered(bot: Edge) -> None:
    preview = await previewed(bot)
    await bot.slack.fault("http_500", method="response_url", times=0)  # so the preview can't be taken away
    await send(bot, preview)
    await bot.slack.until(lambda: bool(bot.cards()))
    await send(bot, preview)
    await bot.told("You sent this already: it is CR-1, and nothing was sent again. Its card: ", user=ALICE)
    await bot.press(CANCEL, user=ALICE)
    await bot.shown("*Cancelled*")
    await send(bot, preview)
    await bot.slack.until(lambda: sum("You sent this already" in text for text in bot.slack.told(ALICE)) == 2)

    assert [state for *_, state in await opened(bot)] == ["CANCELLED"]


async def test_two_presses_at_once_are_one_change(bot: Edge) -> None:
    preview = await previewed(bot)
    body = {"user": ALICE, "channel": INCIDENT, "value": LINE, "block": preview.blocks[-1]["block_id"]}
    both = [await bot.reception.take(SEND, f"{ALICE}:{at}:{LINE}", body) for at in ("1.1", "1.2")]
    for taken in both:
        assert taken is not None
        bot.reception.begin(taken)
    await bot.told("You sent this already: it is CR-1", user=ALICE)

    assert len(await opened(bot)) == 1


async def test_a_press_that_slack_delivers_twice_is_one_change_and_no_further_answer(bot: Edge) -> None:
    preview = await previewed(bot)
    await bot.slack.fault("duplicate_envelope")
    await send(bot, preview)
    await bot.slack.until(lambda: bool(bot.cards()) and not bot.slack.told(ALICE))
    await bot.reception.drain(5.0)

    assert len(await opened(bot)) == 1
    assert [row["kind"] for row in await rows(bot.ledger, intake)].count(SEND) == 1
    assert bot.slack.told(ALICE) == []


async def test_a_press_that_a_dead_process_took_is_done_by_the_next(bot: Edge, dead: Edge) -> None:
    preview = await previewed(bot)
    body = {"user": ALICE, "channel": INCIDENT, "value": LINE, "block": preview.blocks[-1]["block_id"]}
    assert await dead.reception.take(SEND, "1.1", body) is not None

    await bot.reception.adopt()
    await bot.slack.until(lambda: bool(bot.cards()))

    assert await opened(bot) == [(ALICE, INCIDENT, "the health endpoint moved", "PENDING")]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "7.1",
        "probe-port",
        LINE.replace("probe-port", "set-weight"),
        f"emergency {LINE}",
        f"preview {LINE}",
        "freeze lb-quicktst until 18:00 release week",
        "grant probe-port lb-quicktst for 30m 3 uses INC-7",
        f"{LINE} secretKey=xyzzy",
    ],
)
async def test_a_value_that_no_preview_has_is_refused_and_nothing_is_stored(bot: Edge, value: str) -> None:
    preview = await previewed(bot)
    await bot.slack.do("press", user=ALICE, channel=INCIDENT, ts=preview.ts, action_id=SEND, value=value)
    await bot.told(NOT_OURS, user=ALICE)

    assert await is_nothing_stored(bot)


@pytest.mark.parametrize("block", ["", "x", f"{SEND}:", f"{SEND}:{'0' * 64}", None])
async def test_a_button_that_names_no_preview_of_its_person_is_refused(bot: Edge, block: str | None) -> None:
    [own] = buttons(preview := await previewed(bot))
    named = preview.blocks[-1]["block_id"] if block is None else block  # somebody else's preview
    actions: Json = {"type": "actions", "elements": [own], **({"block_id": named} if named else {})}
    ts = await bot.slack.post([actions])
    await bot.slack.do("press", user=BOB, channel=INCIDENT, ts=ts, action_id=SEND)
    await bot.told(NOT_OURS)

    assert await rows(bot.ledger, changes) == []


async def test_what_it_says_is_no_more_than_what_its_person_could_type(bot: Edge) -> None:
    preview = await previewed(bot)
    await send(bot, preview, value=LINE.replace("8101", "8102"))
    await bot.slack.until(lambda: bool(bot.cards()))

    assert bot.cards()[0].text.startswith("CR-1: probe port 8001 → 8102")
    assert [requester for requester, *_ in await opened(bot)] == [ALICE]


async def test_the_rules_of_the_press_decide_and_not_those_of_the_preview(made: World) -> None:
    async with under(made, policy(ONE_OF_TEAM)) as bot:
        preview = await previewed(bot)
    async with under(made, policy(Deny(text="Ask the network team."))) as bot:
        await send(bot, preview)
        await bot.told("The rule “the last” forbids this, and nobody can override it.", user=ALICE)

        assert await is_nothing_stored(bot)


async def test_what_was_frozen_since_the_preview_is_refused(made: World) -> None:
    async with under(made, policy(ONE_OF_TEAM)) as bot:
        preview = await previewed(bot)
        await freeze(made)
        await send(bot, preview)
        await bot.told("is frozen until", user=ALICE)

        assert await is_nothing_stored(bot)


async def test_a_press_that_was_refused_can_be_made_again(bot: Edge, made: World) -> None:
    preview = await previewed(bot)
    made.fault("*", "http_500", times=0)
    await send(bot, preview)
    await bot.told("The cloud could not be read", user=ALICE)
    made.sandbox.faults.clear()
    assert preview.ts in [one.ts for one in seen(bot)]
    await send(bot, preview)
    await bot.slack.until(lambda: bool(bot.cards()))

    assert len(await opened(bot)) == 1


async def test_where_its_command_can_not_be_answered_the_preview_comes_another_way_with_its_button(bot: Edge) -> None:
    await bot.slack.fault("http_500", method="response_url")
    preview = await previewed(bot)
    await send(bot, preview)
    await bot.slack.until(lambda: bool(bot.cards()))

    assert len(await bot.slack.calls("chat.postEphemeral")) == 1


async def test_where_slack_takes_no_button_there_the_line_stands_to_be_copied(bot: Edge) -> None:
    await bot.slack.fault("http_500", method="response_url")
    await bot.slack.fault("api_error", method="chat.postEphemeral", error="invalid_blocks")
    preview = await previewed(bot)

    assert preview.blocks == []
    assert f"The line that sends it:\n`{ASK}`" in preview.text

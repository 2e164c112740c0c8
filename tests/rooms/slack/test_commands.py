"""What is typed becomes a card in the channel, or an answer that only its person sees."""

import pytest

from bot.slack.reception import COMMAND
from bot.slack.wording import Wording
from bot.store.database import sqlite_path
from bot.store.tables import changes, intake
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK, BODY, Edge
from tests.rooms.slack.stand_in import ALICE, OLD, QUIET
from tests.rooms.store.ledgers import kinds, rows
from tests.unit.test_redaction import REASONS

WORDS = Wording("en")


async def test_a_command_becomes_a_card_and_its_receipt_goes(bot: Edge) -> None:
    card = await bot.asked()
    await bot.slack.until(lambda: bot.slack.told(ALICE) == [])

    assert "CR-1: probe port 8001 → 8101" in card.text
    assert (await kinds(bot.ledger))[:2] == ["received.command", "change.opened"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/lb help", "asks a second person"),
        ("/lb", "asks a second person"),
        ("/lb probe-port", WORDS.say("command/nothing_done")),
        (ASK.replace("8101", "8001"), "Nothing to do"),
        (ASK.replace("quick001", "nobody00"), "is not bound"),
    ],
)
async def test_every_command_gets_an_answer_only_its_person_sees(bot: Edge, text: str, words: str) -> None:
    await bot.type(text)
    await bot.told(words, user=ALICE)

    assert len(bot.slack.told(ALICE)) == 1
    assert bot.cards() == []


async def test_a_command_in_a_channel_the_bot_is_not_in_is_refused(bot: Edge) -> None:
    await bot.type(channel=QUIET)
    await bot.slack.until(lambda: bot.slack.told(ALICE, QUIET) == [WORDS.say("refusal/not_in_channel")])

    assert await rows(bot.ledger, changes) == []


async def test_a_command_in_a_direct_message_has_nobody_to_approve(bot: Edge) -> None:
    direct = bot.slack.workspace.direct_messages(ALICE).id
    await bot.type(channel=direct)

    await bot.slack.until(lambda: bot.slack.told(ALICE, direct) == [WORDS.say("refusal/no_second_person")])


async def test_a_channel_that_was_archived_meanwhile_is_said_in_a_direct_message(bot: Edge) -> None:
    taken = await bot.reception.take(COMMAND, "1.2", {**BODY, "channel": OLD})
    assert taken is not None
    bot.reception.begin(taken)

    await bot.slack.until(lambda: bot.slack.direct(ALICE) == [WORDS.say("refusal/channel_archived")])


async def test_a_cloud_that_does_not_answer_is_said(bot: Edge, made: World) -> None:
    made.fault("*", "http_500", times=0)

    await bot.type()

    await bot.told("could not be read", user=ALICE)


async def test_a_person_s_language_is_learnt_from_slack(bot: Edge) -> None:
    await bot.type("/lb probe-port", user="carla")

    await bot.told(Wording("zh").say("command/nothing_done"), user="U0CARLA")


async def test_what_looks_like_a_key_is_not_stored(bot: Edge) -> None:
    await bot.type("/lb help SecretKey=canary0123456789 AKIDcanary0123456789")
    await bot.reception.drain(5.0)

    assert "canary0123456789" not in str([*await rows(bot.ledger, intake), *await kinds(bot.ledger)])


@pytest.mark.parametrize("reason", REASONS)
async def test_a_reason_stands_on_the_card_as_it_was_typed(bot: Edge, reason: str) -> None:
    await bot.type(ASK.replace("the health endpoint moved", reason))
    await bot.slack.until(lambda: bool(bot.cards()))

    assert reason in str(bot.cards()[0].blocks)


@pytest.mark.parametrize(
    "secret", ["AKIDz8krbsJ5yKBZQpn74WFkmLPx3", "xoxb-1234567890-abcDEFghiJKL", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc"]
)
async def test_a_reason_with_a_key_in_it_is_refused_and_the_key_is_not_stored(bot: Edge, url: str, secret: str) -> None:
    await bot.type(ASK.replace("endpoint", secret))
    await bot.told(WORDS.say("problem/secret_in_reason"), user=ALICE)

    assert await rows(bot.ledger, changes) == []
    written = b"".join(path.read_bytes() for path in sqlite_path(url).parent.glob(sqlite_path(url).name + "*"))
    assert b"redacted" in written
    assert secret.rsplit(maxsplit=1)[-1].encode() not in written

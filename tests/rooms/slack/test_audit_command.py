"""``/lb audit CR-7``: what is on record of a change, in its thread, for those whom it concerns."""

import pytest

from bot.engine.record import Record
from bot.slack.reception import COMMAND
from bot.store.tables import events, posts
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, INCIDENT
from tests.rooms.store.ledgers import kinds, opened_change, rows


def stories(bot: Edge) -> list[str]:
    return [message.text for message in bot.slack.thread(bot.cards()[0].ts) if "On record of" in message.text]


async def test_who_asked_gets_the_story_into_the_thread(bot: Edge) -> None:
    await bot.asked()
    await bot.type("/lb audit CR-1", user=ALICE)
    await bot.told("What is on record of CR-1 comes into its thread", user=ALICE)
    await bot.slack.until(lambda: bool(stories(bot)))

    [story] = stories(bot)
    assert "<@U0ALICE> asked: `probe-port lb-" in story
    assert "The record up to here: `" in story
    assert (await kinds(bot.ledger)).count("audited") == 1


async def test_each_time_that_it_is_asked_for_it_is_told_anew(bot: Edge, made: World) -> None:
    await bot.asked()
    await bot.type("/lb audit 1", user=ALICE)
    await bot.slack.until(lambda: len(stories(bot)) == 1)
    change = await made.change(1)
    await made.decisions().approve(await made.click(change))
    await made.ran(await made.change(1))
    await bot.type("/lb audit cr1", user=BOB)
    await bot.slack.until(lambda: len(stories(bot)) == 2)

    story = stories(bot)[1]
    digest = next(row["facts"]["digest"] for row in await rows(bot.ledger, events) if row["kind"] == "change.approve")
    assert "for <@U0BOB>" in story
    assert f"<@U0BOB> approved card 1, digest `{digest}`" in story
    assert f"call 1, approval `{digest}`: `POST http://127.0.0.1" in story
    assert "Action=ModifyBmL4ListenerBackendProbePort" in story
    assert "call 1: accepted, task `" in story
    assert ": `verified`" in story


async def test_an_auditor_gets_it_and_is_told_in_their_own_language(bot: Edge) -> None:
    await bot.asked()
    await bot.type("/lb audit CR-1", user=CARLA)
    await bot.told("CR-1 的记录会发到", user=CARLA)
    await bot.slack.until(lambda: bool(stories(bot)))

    assert "for <@U0CARLA>" in stories(bot)[0]


@pytest.mark.parametrize("user", [BOB, "U0GUEST"])
async def test_nobody_else_gets_it_and_is_told_who_does(bot: Edge, user: str) -> None:
    await bot.asked()
    await bot.type("/lb audit CR-1", user=user)
    await bot.told("The record of CR-1 is for <@U0ALICE>, who asked", user=user)

    assert stories(bot) == []
    assert "audited" not in await kinds(bot.ledger)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("audit", "Which change?"),
        ("audit CR-0", "Which change?"),
        ("audit 99999999999999999999", "Which change?"),
        ("audit everything", "for example `CR-7`"),
        ("audit CR-99", "There is no CR-99."),
        ("help", "`/lb audit CR-7`"),
    ],
)
async def test_what_can_not_be_shown_is_said(bot: Edge, text: str, words: str) -> None:
    await bot.type(f"/lb {text}", user=ALICE)
    await bot.told(words, user=ALICE)


async def test_where_no_card_stands_the_story_is_for_its_person_alone(idle: Edge) -> None:
    async with idle.ledger.writing() as book:
        await opened_change(book)
    body = {"user": CARLA, "channel": INCIDENT, "text": "audit CR-1"}
    taken = await idle.reception.take(COMMAND, "1.2", body)
    assert taken is not None
    await idle.commands.work(taken)

    [answer] = [row for row in await rows(idle.ledger, posts) if row["user"] == CARLA]
    assert "*CR-1 的记录*" in answer["body"]["text"]


async def test_the_same_command_delivered_twice_is_told_once(idle: Edge, made: World) -> None:
    change = await made.asked()
    person = await idle.people.identify(ALICE, None)
    key = await made.key()
    told = []

    async def tell(*said: object) -> None:
        told.append(said)

    record = Record(idle.ledger, made.time, made.ruling(), auditors=())
    for _ in range(2):
        await record.show(change.id, person, key=key, tell=tell)

    assert len(told) == 1

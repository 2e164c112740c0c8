"""HTTP mode: what people see is what they see in Socket Mode, and nothing that comes twice is done twice."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.domain.change import State
from bot.slack.cards import APPROVE, REJECT
from bot.slack.wording import Wording
from bot.store.ledger import Ledger
from bot.store.tables import changes, events, intake
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK, Edge, edge, working
from tests.rooms.slack.receiving import what_can_not_be_stored_is_said, what_comes_twice_is_one_change
from tests.rooms.slack.requests import Door, command
from tests.rooms.slack.stand_in import ALICE, BOB, StandIn
from tests.rooms.slack.test_buttons import state
from tests.rooms.store.ledgers import opened, rows

WORDS = Wording("en")


@pytest.fixture
async def by_http(idle: Edge) -> AsyncIterator[Edge]:
    async with working(idle, port=idle.port()) as bot:
        yield bot


async def test_a_command_becomes_a_card_and_its_receipt_goes(by_http: Edge) -> None:
    card = await by_http.asked()
    await by_http.slack.until(lambda: by_http.slack.told(ALICE) == [])

    assert "CR-1: probe port 8001 → 8101" in card.text
    assert {one["socket"] for one in await by_http.slack.look("deliveries")} == {None}


async def test_an_approval_is_seen_on_the_card_and_a_refusal_by_its_person_only(by_http: Edge) -> None:
    await by_http.asked()

    assert (await by_http.press(APPROVE, user=ALICE))["ok"]
    await by_http.told("a second person has to approve", user=ALICE)
    assert (await by_http.press(APPROVE))["ok"]
    await by_http.shown("*Approved*")

    assert await state(by_http) is State.APPROVED
    assert by_http.slack.told(BOB) == []


async def test_a_form_shows_what_is_wrong_in_it_and_closes_when_it_is_right(by_http: Edge) -> None:
    await by_http.asked()
    await by_http.press(REJECT)
    await by_http.slack.until(lambda: bool(by_http.slack.workspace.views_of(BOB)))
    empty = await by_http.submit(" \u200b ")
    done = await by_http.submit("too risky")
    await by_http.shown("too risky")

    assert empty["errors"] == {"note": WORDS.say("modal/reject/empty")}
    assert done["ok"]
    assert by_http.slack.workspace.views_of(BOB) == []
    assert await state(by_http) is State.REJECTED


async def test_a_request_that_comes_twice_at_once_is_one_change(by_http: Edge) -> None:
    await what_comes_twice_is_one_change(by_http)


async def test_what_can_not_be_stored_is_said_at_once(slack: StandIn, made: World, url: str) -> None:
    async with (
        opened(url, busy_seconds=0.05) as hurried,
        edge(slack, hurried, made) as idle,
        working(idle, port=idle.port()) as bot,
    ):
        await what_can_not_be_stored_is_said(bot, url)


async def test_a_replay_to_another_replica_does_nothing_twice(slack: StandIn, made: World, ledger: Ledger) -> None:
    body = command(ASK.removeprefix("/lb "))
    async with edge(slack, ledger, made) as one, edge(slack, ledger, made) as other, httpx.AsyncClient() as http:
        mine, theirs = one.port(), other.port()
        async with mine.up(), theirs.up():
            doors = [Door(one, mine.url, http), Door(other, theirs.url, http)]
            headers = doors[0].headers(body)
            answers = [await door.post(body, headers) for door in (*doors, *doors)]
        await one.reception.drain(5.0)
        await other.reception.drain(5.0)

    assert [answer.status_code for answer in answers] == [200, 200, 401, 401]
    assert (bool(answers[0].content), bool(answers[1].content)) == (True, False)
    assert [len(await rows(ledger, table)) for table in (intake, changes)] == [1, 1]


async def test_a_click_that_reaches_two_replicas_at_once_is_one_decision(
    slack: StandIn, made: World, ledger: Ledger
) -> None:
    async with edge(slack, ledger, made) as one, edge(slack, ledger, made) as other:
        mine, theirs = one.port(), other.port()
        async with working(one, port=mine) as bot, theirs.up():
            await bot.asked()
            await slack.do("request_urls", urls=[mine.url, theirs.url])
            await slack.fault("duplicate_envelope")
            pressed = await bot.press(APPROVE)
            await bot.shown("*Approved*")
            await other.reception.drain(5.0)

    assert pressed["ok"]
    kinds = [row["kind"] for row in await rows(ledger, events)]
    assert kinds.count("change.approve") == 1
    assert len(await rows(ledger, intake)) == 2
    assert slack.told(BOB) == []

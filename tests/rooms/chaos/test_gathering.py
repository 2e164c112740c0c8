"""What a round of chaos sees of Slack: its own channel, and what its people were told since it began."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.sandbox.serving import serving
from bot.sandbox.slack.platform import Options
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.server import build
from tests.chaos.administrator import Administrator
from tests.chaos.gathering import shown
from tests.chaos.moments import Anytime
from tests.chaos.people import People
from tests.chaos.sabotage import Act, Deed
from tests.chaos.shown import Notice, Whisper

BOT = {"Authorization": "Bearer xoxb-sandbox"}
NOW = 1_700_000_000.0


@pytest_asyncio.fixture
async def people() -> AsyncIterator[People]:
    app = build(seeded(now=lambda: NOW), Options())
    async with serving(app) as url, httpx.AsyncClient(timeout=30, trust_env=False) as http:
        yield People(url=url, http=http, channel="C0CHAOS00001")


async def _tells(people: People, member: str, text: str) -> None:
    answer = await people.http.post(
        f"{people.url}/api/chat.postMessage", json={"channel": member, "text": text}, headers=BOT
    )
    assert answer.json()["ok"], answer.text


async def test_what_somebody_was_told_alone_is_seen(people: People) -> None:
    await people.gather()
    await _tells(people, "U0CARLA", "not stored")
    assert (await shown(people, {})).whispers == (Whisper(user="U0CARLA", text="not stored"),)


async def test_what_somebody_was_told_alone_belongs_to_one_round(people: People) -> None:
    await people.gather()
    await _tells(people, "U0CARLA", "not stored")
    later = People(url=people.url, http=people.http, channel="C0CHAOS00002")
    await later.gather()
    await _tells(people, "U0CARLA", "in line")
    assert (await shown(later, {})).whispers == (Whisper(user="U0CARLA", text="in line"),)
    assert len((await shown(people, {})).whispers) == len(("not stored", "in line"))


@pytest.mark.parametrize("who", ["U0ALICE", "U0BOB"])
async def test_what_one_person_was_told_alone_is_no_other_s(people: People, who: str) -> None:
    await people.gather()
    await _tells(people, who, "not stored")
    assert [one.user for one in (await shown(people, {})).whispers] == [who]


async def _posts(people: People, purpose: str, text: str) -> None:
    metadata = {"event_type": "countersign_post", "event_payload": {"post": 1, "purpose": purpose}}
    message = {"channel": people.channel, "text": text, "metadata": metadata}
    answer = await people.http.post(f"{people.url}/api/chat.postMessage", json=message, headers=BOT)
    assert answer.json()["ok"], answer.text


async def test_a_notice_is_no_card(people: People) -> None:
    await people.gather()
    await _posts(people, "card", "🚨 EMERGENCY CR-7: probe port")
    await _posts(people, "notice:key-1", "❄️ frozen")
    seen = await shown(people, {})
    assert [card.change for card in seen.cards] == ["CR-7"]
    assert seen.notices == (Notice(purpose="notice:key-1", text="❄️ frozen"),)


async def test_who_deletes_cards_leaves_notices_alone(people: People) -> None:
    await people.gather()
    await _posts(people, "card", "🚨 EMERGENCY CR-7: probe port")
    await _posts(people, "notice:key-1", "❄️ frozen")
    administrator = Administrator(people=people)
    await administrator.does(Act(moment=Anytime(seconds=0.0), deed=Deed.DELETE, seconds=0.0), asyncio.Event())
    assert administrator.deleted_card("CR-7")
    assert len((await shown(people, administrator.deletions)).notices) == 1

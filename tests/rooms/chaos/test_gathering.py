"""What a round of chaos sees of Slack: its own channel, and what its people were told since it began."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.sandbox.serving import serving
from bot.sandbox.slack.platform import Options
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.server import build
from tests.chaos.gathering import shown
from tests.chaos.people import People
from tests.chaos.shown import Whisper

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

"""Told to stop while the database is away, a bot ends within its bound and another one goes on with its run."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.life import LEAVE_SECONDS
from bot.sandbox.world import world
from bot.slack.cards import APPROVE
from tests.postgres import OwnServer
from tests.story.backends import write_seed
from tests.story.cloud_side import POLL
from tests.story.conftest import setting
from tests.story.crew import Crew, SharedRecord
from tests.story.stage import name

pytestmark = pytest.mark.asyncio(loop_scope="session")

SLOW = 10.0  # more than the bound: what a slow machine may take to end a process


@pytest_asyncio.fixture(loop_scope="session")
async def crew(
    tmp_path: Path, http: httpx.AsyncClient, numbers: Iterator[int], own_postgres: OwnServer
) -> AsyncIterator[Crew]:
    """Set a stage whose database may go away."""
    url = own_postgres.fresh()
    async with world(tmp_path, seed=write_seed(tmp_path)) as opened:
        made = setting(opened, http, next(numbers)) | {"record": SharedRecord(Path(), url)}
        crew = Crew(**made, world=opened, url_of_database=url)
        await crew.open()
        yield crew
        await crew.leave()


async def test_a_stop_during_a_run_whose_database_is_away_is_prompt_and_loses_nothing(
    crew: Crew, own_postgres: OwnServer
) -> None:
    [bot] = await crew.bots(count=1)
    card = await crew.asks(8123)
    await crew.cloud.fault(POLL, "hold_before")
    await crew.presses("bob", card, APPROVE)
    await crew.cloud.until_held()
    own_postgres.stop()
    await crew.cloud.release()
    bot.process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(bot.process.wait(), LEAVE_SECONDS + SLOW)
    own_postgres.start()
    await crew.bots(count=1)
    result = await crew.result(card)

    assert code == 0
    assert "✅ *verified: probe port is now 8123*" in result
    assert len(await crew.cloud.modify_calls(crew.backend)) == 1
    assert await crew.thread(card) == ["progress", "result"]
    assert crew.record.state(name(card)) == "SUCCEEDED"

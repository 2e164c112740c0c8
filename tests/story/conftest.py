"""Real processes for the stories: one world whose bot is left alone, one whose bots are started, stopped and killed."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.sandbox.world import World, world
from tests.story.backends import backends, write_seed
from tests.story.backstage import Backstage
from tests.story.cloud_side import CloudSide
from tests.story.record import Record
from tests.story.stage import Stage

once = pytest_asyncio.fixture(scope="session", loop_scope="session")
each = pytest_asyncio.fixture(loop_scope="session")


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Count the stories."""
    return itertools.count(1)


@once
async def http() -> AsyncIterator[httpx.AsyncClient]:
    # A connection that is kept may be closed by its server in the moment in which it is used again.
    anew = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(trust_env=False, timeout=30, limits=anew) as client:
        yield client


@once
async def calm(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Run a world whose one bot, with default settings, is left alone."""
    folder = tmp_path_factory.mktemp("calm")
    async with world(folder, seed=write_seed(folder)) as opened:
        await opened.start_bot()
        yield opened


@once
async def restless(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Run a world without a bot: each story starts its own, on the same database, and ends it."""
    folder = tmp_path_factory.mktemp("restless")
    async with world(folder, seed=write_seed(folder)) as opened:
        yield opened


@each
async def stage(calm: World, http: httpx.AsyncClient, numbers: Iterator[int]) -> AsyncIterator[Stage]:
    """Set a stage for one story, with a bot in it."""
    opened = Stage(**setting(calm, http, next(numbers)))
    await opened.open()
    yield opened
    await opened.reset()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_impatient_bot(restless: World) -> AsyncIterator[World]:
    """Run a bot that gives everything one second."""
    bot = await restless.start_bot({"COUNTERSIGN_SETTLE_SECONDS": "1", "COUNTERSIGN_TASK_LIMIT_SECONDS": "1"})
    yield restless
    await bot.kill()


@each
async def impatient(with_impatient_bot: World, http: httpx.AsyncClient, numbers: Iterator[int]) -> AsyncIterator[Stage]:
    """Set a stage for one story, with a bot in it that waits for nothing."""
    opened = Stage(**setting(with_impatient_bot, http, next(numbers)))
    await opened.open()
    yield opened
    await opened.reset()


@each
async def backstage(restless: World, http: httpx.AsyncClient, numbers: Iterator[int]) -> AsyncIterator[Backstage]:
    """Set a stage for one story that brings its own bots."""
    opened = Backstage(**setting(restless, http, next(numbers)), world=restless)
    await opened.open()
    yield opened
    await opened.leave()
    await opened.reset()


def setting(opened: World, http: httpx.AsyncClient, number: int) -> dict[str, Any]:
    """Return what story ``number`` plays with: its channel, its backends, and where to look."""
    backend, *siblings = backends(number)
    return {
        "url": opened.slack.url,
        "http": http,
        "cloud": CloudSide(url=opened.cloud.url, http=http),
        "record": Record(Path(opened.bot_environment()["COUNTERSIGN_DATABASE_URL"].removeprefix("sqlite:///"))),
        "channel": f"C0STORY{number:03}",
        "backend": backend,
        "siblings": tuple(siblings),
    }

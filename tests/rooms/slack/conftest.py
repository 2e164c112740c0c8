from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot.store.ledger import Ledger
from tests.rooms.clock import Time
from tests.rooms.engine.world import World, world
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.requests import Door, door
from tests.rooms.slack.stand_in import StandIn, stand_in
from tests.rooms.store.ledgers import database, opened


@pytest.fixture(autouse=True)
def quick_logs() -> Iterator[None]:
    """Log as the product does: structlog's own tracebacks show every local and hold the loop up for seconds."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])
    yield
    structlog.reset_defaults()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database(tmp_path)


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[Ledger]:
    async with opened(url) as ledger:
        yield ledger


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def slack(time: Time) -> AsyncIterator[StandIn]:
    async with stand_in(time) as slack:
        yield slack


@pytest.fixture
async def made(ledger: Ledger, time: Time, slack: StandIn) -> AsyncIterator[World]:
    async with world(ledger, time=time, slack=slack) as made:
        yield made


@pytest.fixture
async def idle(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    async with edge(slack, ledger, made) as idle:
        yield idle


@pytest.fixture
async def dead(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    """Build one more process on the same ledger, which a test lets die."""
    async with edge(slack, ledger, made) as dead:
        yield dead


@pytest.fixture
async def bot(idle: Edge) -> AsyncIterator[Edge]:
    async with working(idle) as bot:
        yield bot


@pytest.fixture
def postman(slack: StandIn, ledger: Ledger, time: Time) -> Postman:
    return Postman(slack, ledger, time)


@pytest.fixture
async def at(idle: Edge) -> AsyncIterator[Door]:
    async with door(idle) as at:
        yield at

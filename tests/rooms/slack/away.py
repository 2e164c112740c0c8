"""A bot whose way to PostgreSQL can be cut, and another writer who holds its lock."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from bot.store.database import async_url
from bot.store.ledger import Ledger
from bot.store.postgresql import WRITING, open_database
from tests.relay import Relay, relaying
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.stand_in import BOB, CARLA, StandIn

LANGUAGES = {BOB: "en", CARLA: "zh"}


@pytest.fixture
def url(migrated_postgres: str) -> str:
    return migrated_postgres


@pytest.fixture
def through(url: str) -> Iterator[tuple[Relay, str]]:
    with relaying(url) as through:
        yield through


@pytest.fixture
async def bot(through: tuple[Relay, str], slack: StandIn, made: World) -> AsyncIterator[Edge]:
    """Run a bot whose way to the database leads over the relay."""
    ledger = Ledger(open_database(async_url(through[1]), busy_seconds=10.0, answer_seconds=5.0))
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        for user in LANGUAGES:
            await bot.people.learn_language(user)
        yield bot
    await ledger.close()


@contextmanager
def written_by_another(url: str) -> Iterator[None]:
    """Hold the one writers' lock, as replicas do that are slow one after the other."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (WRITING,))
        yield

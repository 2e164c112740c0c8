"""What tests of several rooms share: a PostgreSQL, started when the first test asks for it.

And what holds for every one: none depends on how fast this machine is just now.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store.ledger import Ledger
from bot.store.migrate import upgrade
from tests.postgres import VARIABLE, OwnServer, Server, any_server, fresh_database, own_server
from tests.rooms.store.ledgers import database, opened

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Run a PostgreSQL for the session; no test stops it."""
    with any_server(os.environ.get(VARIABLE)) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """Make an empty database for one test."""
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def migrated(postgres: Server) -> Iterator[str]:
    """Make a database with this version's tables, for others to be made like it; nobody connects to it."""
    with fresh_database(postgres) as url:
        upgrade(url)
        yield url


@pytest.fixture
def migrated_postgres(postgres: Server, migrated: str) -> Iterator[str]:
    """Make a PostgreSQL database with this version's tables for one test."""
    with fresh_database(postgres, like=migrated) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Make a database with this version's tables, of each kind in turn."""
    return database(tmp_path) if request.param == "sqlite" else str(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[Ledger]:
    """Open the ledger of ``url``."""
    async with opened(url) as ledger:
        yield ledger


@pytest.fixture
def own_postgres() -> Iterator[OwnServer]:
    """Run a PostgreSQL that one test may stop and start."""
    with own_server() as server:
        yield server

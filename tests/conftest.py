"""What tests of several rooms share: a PostgreSQL, started when the first test asks for it.

And what holds for every one: none depends on how fast this machine is just now.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import VARIABLE, OwnServer, Server, any_server, fresh_database, own_server

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


@pytest.fixture
def own_postgres() -> Iterator[OwnServer]:
    """Run a PostgreSQL that one test may stop and start."""
    with own_server() as server:
        yield server

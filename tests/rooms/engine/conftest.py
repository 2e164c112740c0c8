from collections.abc import AsyncIterator
from typing import cast

import pytest

from bot.cloud.settings import Api
from bot.engine.durable import Durable
from bot.store.ledger import Ledger
from tests.rooms.engine.endings import APIS
from tests.rooms.engine.told import idle, started
from tests.rooms.engine.world import World, world

SHORT = 2.0  # real seconds, in which a cloud on this machine answers everything that it doesn't hold


@pytest.fixture
async def v2(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger) as made:
        yield made


@pytest.fixture(params=APIS)
async def made(request: pytest.FixtureRequest, ledger: Ledger) -> AsyncIterator[World]:
    """Return a world over each version of the API."""
    async with world(ledger, cast("Api", request.param), patience=SHORT) as made:
        yield made


@pytest.fixture
async def durable(url: str) -> AsyncIterator[Durable]:
    """Run an engine that has nothing to tell."""
    async with started(url, idle) as durable:
        yield durable

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.ledger import Ledger
from tests.rooms.engine.world import World, world
from tests.rooms.store.ledgers import database, opened


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database(tmp_path)


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[Ledger]:
    async with opened(url) as ledger:
        yield ledger


@pytest.fixture
async def v2(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger) as made:
        yield made

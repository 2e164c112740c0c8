from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.ledger import Ledger
from tests.rooms.store.ledgers import database, opened


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database(tmp_path)


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[Ledger]:
    async with opened(url) as ledger:
        yield ledger

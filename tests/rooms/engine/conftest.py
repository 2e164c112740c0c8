from collections.abc import AsyncIterator

import pytest

from bot.store.ledger import Ledger
from tests.rooms.engine.world import World, world


@pytest.fixture
async def v2(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger) as made:
        yield made

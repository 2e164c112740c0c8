"""The engine is launched and ended beside the loop: whoever beats, or hears a signal, goes on meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from bot.engine.durable import Durable
from tests.rooms.engine.beside import waiting
from tests.rooms.engine.told import idle, started

PATIENCE_SECONDS = 5  # until the server ends who holds a lock all the same, so that a loop that stands still is seen


@pytest.fixture
def url(migrated_postgres: str) -> str:
    return migrated_postgres


@asynccontextmanager
async def locking(url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Hold what the engine needs, until what is yielded is closed."""
    holder = await psycopg.AsyncConnection.connect(url)
    try:
        await holder.execute(f"SET idle_in_transaction_session_timeout = {PATIENCE_SECONDS * 1000}".encode())
        await holder.execute("LOCK TABLE dbos.workflow_status, dbos.application_versions IN ACCESS EXCLUSIVE MODE")
        yield holder
    finally:
        await holder.close()


async def test_the_loop_goes_on_while_the_engine_is_launched(url: str) -> None:
    async with started(url, idle):
        pass  # its tables are there
    durable = Durable(url, executor="me")
    async with locking(url) as holder:
        starting = asyncio.create_task(durable.start(idle))
        await waiting(url, 1, starting)
        early = starting.done()
        await holder.close()
        await starting
    await durable.stop()

    assert not early


async def test_the_loop_goes_on_while_the_engine_is_ended(url: str) -> None:
    durable = Durable(url, executor="me")
    await durable.start(idle)
    async with locking(url) as holder:
        await waiting(url, 1)
        stopping = asyncio.create_task(durable.stop())
        for _ in range(100):
            await asyncio.sleep(0)
        early = stopping.done()
        await holder.close()
        await stopping

    assert not early


async def test_a_launch_that_is_given_up_leaves_nothing_behind(url: str) -> None:
    async with started(url, idle):
        pass
    durable = Durable(url, executor="me")
    async with locking(url) as holder:
        starting = asyncio.create_task(durable.start(idle))
        await waiting(url, 1, starting)
        starting.cancel()
        await holder.close()
        with pytest.raises(asyncio.CancelledError):
            await starting

    async with started(url, idle, executor="next") as after:
        assert await after.unfinished() == {}

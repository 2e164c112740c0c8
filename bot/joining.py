"""Taking a place among those who work on the database: tables up to date, the ledger open, a row that beats."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import uuid4

import structlog

from bot.engine.ports import Clock
from bot.engine.standing import Standing
from bot.store.database import is_sqlite, open_database, owning
from bot.store.ledger import Ledger, NotStored
from bot.store.migrate import NotADatabase, migrate

FIRST_SECONDS, MOST_SECONDS = 1.0, 30.0  # between two tries at a server that is away
HOST_MOST = 40  # characters of the host's name in a replica's id
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def joined(url: str, clock: Clock) -> AsyncIterator[tuple[Ledger, Standing]]:
    """Hold a place among the replicas while the block runs, under a name that was never used before.

    Raises:
        InUse: another process works on the same SQLite file.
        NewerDatabase: a later version made its tables.
        NotADatabase: it can't be opened.
        NotStored: it went away once it was open.
        OSError: its folder isn't there.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(owning(url))
        await _migrated(url, clock)
        ledger = Ledger(open_database(url))
        stack.push_async_callback(ledger.close)
        replica = f"{socket.gethostname()[:HOST_MOST]}-{uuid4().hex[:12]}"
        standing = Standing(ledger, clock, replica=replica, alone=is_sqlite(url))
        await standing.join()
        stack.push_async_callback(_left, standing)
        stack.push_async_callback(ended, asyncio.create_task(standing.run()))
        yield ledger, standing


async def _migrated(url: str, clock: Clock) -> None:
    """Bring the tables up to date; a server that is away, or just starting, is waited for."""
    wait = FIRST_SECONDS
    while True:
        try:
            await migrate(url)
        except NotADatabase as away:
            if not away.passing:
                raise
            _log.warning("the database is away; it is tried again", why=away.why, seconds=wait)
            await clock.sleep(wait)
            wait = min(MOST_SECONDS, wait * 2)
        else:
            return


async def _left(standing: Standing) -> None:
    with suppress(NotStored):  # buried already, or to be buried by the others
        await standing.leave()


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel ``task`` and wait until it is over."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

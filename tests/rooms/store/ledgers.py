"""A migrated SQLite file for each test, and what may be asked of it."""

import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, inspect, select

from bot.domain.change import Change
from bot.domain.operation import SetProbePort
from bot.store.book import Asked, Book
from bot.store.database import BUSY_SECONDS, open_database, sync_url
from bot.store.explained import unexplained
from bot.store.intake import Taken, take_in
from bot.store.ledger import Ledger
from bot.store.migrate import upgrade
from bot.store.tables import events
from tests.unit.slack.making import CHANGE, NOW, OPERATION

NEWEST = "0008"  # the revision that this version makes
LAST_WORD = 30.0  # seconds
ELSEWHERE = replace(OPERATION, host="cpm-4r6t8y2u")  # the same load balancer
FAR = replace(OPERATION, load_balancer="lb-6b1d8e4f", listener="lbl-0m2n4b6v", host="cpm-3d5f7g9h", port=9000)


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.db"
        upgrade(f"sqlite:///{path}")
        return path.read_bytes()


def database(folder: Path) -> str:
    """Return the URL of a fresh database in ``folder``."""
    path = folder / "countersign.db"
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


def newer_database(folder: Path) -> str:
    """Return the URL of a database that a later version left in ``folder``."""
    url = database(folder)
    with closing(sqlite3.connect(folder / "countersign.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    return url


@asynccontextmanager
async def opened(url: str, *, busy_seconds: float = BUSY_SECONDS) -> AsyncIterator[Ledger]:
    ledger = Ledger(open_database(url, busy_seconds=busy_seconds))
    try:
        yield ledger
    finally:
        await ledger.close()


@asynccontextmanager
async def no_thread_left() -> AsyncIterator[None]:
    """Let the driver's threads say their last word while there is a loop to hear it."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, LAST_WORD)
            assert not thread.is_alive()


def taken(key: str = "k1", *, at: float = NOW, **body: object) -> Taken:
    return Taken(key=key, kind="command", body={"user": "U0ALICE", "channel": "C0INCIDENT", **body}, received_at=at)


def asked(operation: SetProbePort = OPERATION) -> Asked:
    return Asked(
        operation=operation,
        facts=CHANGE.facts,
        ruled=CHANGE.ruled,
        reason=CHANGE.reason,
        requester=CHANGE.requester,
        channel=CHANGE.channel,
        created_at=CHANGE.created_at,
        expires_at=CHANGE.expires_at,
    )


async def opened_change(book: Book, operation: SetProbePort = OPERATION, *, key: str = "k1") -> Change:
    await take_in(book, taken(key))
    return await book.open_change(asked(operation), key=key)


async def rows(ledger: Ledger, table: Table) -> list[dict[str, Any]]:
    async with ledger.reading() as book:
        found = await book.connection.execute(select(table).order_by(*table.primary_key))
        return [dict(row) for row in found.mappings()]


async def kinds(ledger: Ledger) -> list[str]:
    """Return the kinds of the recorded events, oldest first."""
    return [str(row["kind"]) for row in await rows(ledger, events)]


async def differing(ledger: Ledger) -> list[str]:
    """Return the rows that are not what is on record of them."""
    async with ledger.reading() as book:
        return await book.run_sync(lambda connection: [what for what, _ in unexplained(connection)])


def behind(url: str) -> Engine:
    """Return a way to the database behind the bot's back."""
    return create_engine(sync_url(url), poolclass=NullPool)


def unguarded(connection: Connection) -> None:
    """Take away the triggers that refuse to change what was recorded."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    for table in {"events", "links", "chain"} & set(inspect(connection).get_table_names()):
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")

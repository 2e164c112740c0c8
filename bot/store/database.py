"""Opening the database, and one transaction at a time: one writer, whatever the database.

On SQLite that is its own write lock, on PostgreSQL an advisory lock that every writing transaction takes first. So what
a transaction read still holds when it writes, on both alike, and the same code is right on both.
"""

import fcntl
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store import postgresql

BUSY_SECONDS = 10.0  # how long a writer waits for another one before it says "locked"


def is_sqlite(url: str) -> bool:
    """Say whether ``url`` names a file that one process owns."""
    return make_url(url).get_backend_name() == "sqlite"


def async_url(url: str) -> str:
    """Return ``url`` with the driver we use: ``sqlite:///x.db`` becomes ``sqlite+aiosqlite:///x.db``."""
    return _with_driver(url, "sqlite+aiosqlite" if is_sqlite(url) else postgresql.DRIVER)


def sync_url(url: str) -> str:
    """Return ``url`` with the driver that migrations and the engine use."""
    return _with_driver(url, "sqlite" if is_sqlite(url) else postgresql.DRIVER)


def _with_driver(url: str, name: str) -> str:
    return make_url(url).set(drivername=name).render_as_string(hide_password=False)


def place(url: str) -> str:
    """Return what may be shown of ``url``: the path of a file, or the URL without its password and its options."""
    if is_sqlite(url):
        return str(sqlite_path(url))
    return make_url(url).set(query={}).render_as_string(hide_password=True)


def sqlite_path(url: str) -> Path:
    """Return the file of a ``sqlite:///`` URL."""
    return Path(make_url(url).database or "countersign.db")


def is_busy(error: SQLAlchemyError) -> bool:
    """Say whether ``error`` is that of a writer who waited in vain for another one."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    is_locked = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
    return is_locked or isinstance(cause, psycopg.errors.LockNotAvailable)


class InUse(Exception):
    """Another process works on the same SQLite file; ``path`` is it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


@contextmanager
def owning(url: str) -> Iterator[None]:
    """Hold the SQLite file of ``url`` for this process alone while the block runs; PostgreSQL is for any number.

    The lock is the operating system's, so that it ends with the process, however that ends. It lies beside the file
    itself, so that whoever comes through a symbolic link or another way of writing the path meets the same one.

    Raises:
        InUse: another process holds it.
    """
    if not is_sqlite(url):
        yield
        return
    path = sqlite_path(url)
    real = path.resolve()
    with real.with_name(real.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(path) from error
        yield


def open_database(url: str, *, busy_seconds: float = BUSY_SECONDS) -> AsyncEngine:
    """Return an engine on the database of ``url``, which ``migrate`` has prepared.

    A transaction takes the write lock when it begins, so that what it read still holds when it writes; ``reading``
    transactions don't. The execution option ``patience``, seconds, stands in for ``busy_seconds`` in one transaction.
    """
    if not is_sqlite(url):
        return postgresql.open_database(async_url(url), busy_seconds=busy_seconds)
    engine = create_async_engine(async_url(url))

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, untyped
        connection.isolation_level = None  # we begin transactions ourselves, below
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={options.get('patience', busy_seconds) * 1000:.0f}")
        reading = options.get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Yield a connection inside a transaction that only reads, all of it as of one moment."""
    async with engine.connect() as plain:
        connection = await plain.execution_options(reading=True)
        async with connection.begin():
            yield connection

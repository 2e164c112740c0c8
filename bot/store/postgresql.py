"""PostgreSQL: how replicas share one database without one of them, stuck or cut off, holding up the others."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, create_engine, event, pool, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.wire import ANSWER_SECONDS, WIRE, connecting

DRIVER = "postgresql+psycopg"
STATEMENT_SECONDS = 10.0
# A process that stops inside a transaction (SIGSTOP, a frozen machine) holds the one writers' lock: the server ends it.
IDLE_SECONDS = 3.0
POOL = 10
POOL_SECONDS = 10.0  # until who finds every connection taken is told that the database is away
TURN_SECONDS = 1.0  # between two looks whether another process is through with the tables
WRITING, MIGRATING = (zlib.crc32(name) for name in (b"countersign writes", b"countersign migrates"))
# libpq gives an error of connecting no code, only the server's words: none where it didn't answer.
ANSWERED = "FATAL"
PASSING = ("starting up", "shutting down", "recovery", "too many", "connection slots")
_log = structlog.get_logger(__name__)


def open_database(
    url: str, *, busy_seconds: float, idle_seconds: float = IDLE_SECONDS, answer_seconds: float = ANSWER_SECONDS
) -> AsyncEngine:
    """Return an engine on PostgreSQL whose writing transactions come one after the other, over all replicas.

    The server ends a session that stands still inside a transaction for ``idle_seconds``; a connection on which no
    answer comes for ``answer_seconds`` counts as broken.
    """
    engine = create_async_engine(
        url,
        connect_args={**WIRE, "async_creator_fn": connecting(answer_seconds)},
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own, untyped
        cursor = connection.cursor()
        cursor.execute(
            f"SET idle_in_transaction_session_timeout = {idle_seconds * 1000:.0f}; "
            f"SET statement_timeout = {STATEMENT_SECONDS * 1000:.0f}"
        )
        cursor.close()
        connection.commit()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        _take_turn(connection, busy_seconds)

    return engine


def _take_turn(connection: Connection, busy_seconds: float) -> None:
    """Begin a transaction of the kind its options name: one that writes waits until no other one does."""
    options = connection.get_execution_options()
    if options.get("reading", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    elif not options.get("aside", False):
        patience = options.get("patience", busy_seconds) * 1000
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {patience:.0f}; SELECT pg_advisory_xact_lock({WRITING}); "
            "SET LOCAL lock_timeout = DEFAULT"
        )


@contextmanager
def migrating(url: str) -> Iterator[None]:
    """Let one process at a time change the tables of the database at ``url``; the others wait, and say so."""
    engine = create_engine(url, poolclass=pool.NullPool, connect_args=WIRE)
    try:
        with engine.connect() as connection:
            while not _try_lock(connection):
                _log.warning("another process brings the tables up to date", seconds=TURN_SECONDS)
                sleep(TURN_SECONDS)
            yield
    finally:
        engine.dispose()


def _try_lock(connection: Connection) -> bool:
    taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": MIGRATING}).scalar_one()
    connection.commit()  # the lock is the session's: it stays, and no transaction is left open
    return bool(taken)


def is_passing(error: DBAPIError) -> bool:
    """Say whether ``error`` is of a server that is away or just starting, so that a later try may go through."""
    return isinstance(error.orig, psycopg.OperationalError) and is_away(error.orig)


def is_away(error: psycopg.OperationalError) -> bool:
    """Say the same of the driver's own error."""
    said = str(error)
    return ANSWERED not in said or any(words in said for words in PASSING)


def surely_rolled_back(error: SQLAlchemyError) -> bool:
    """Say whether ``error``, of a commit, came from a server that had ended the session before it read the commit."""
    return isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.errors.IdleInTransactionSessionTimeout)

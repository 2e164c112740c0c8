"""The durable engine's own way to the database: connections for threads, which wait while the database is away.

The engine tries again what a database that is away kept from it, after 1, 2, 4 … 60 s; whoever waits here for a
connection instead goes on as soon as there is one.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError, SQLAlchemyError

from bot.store import postgresql, replicas
from bot.store.database import is_sqlite, sync_url
from bot.store.ledger import Fenced, NotStored
from bot.store.wire import ANSWER_SECONDS, WIRE, Bounded

BUSY_SECONDS = 30.0  # what the engine itself asks of SQLite
IDLE_SECONDS = 5.0  # inside a transaction: a process that stopped there would hold up what other replicas queue
AGAIN_SECONDS = 0.5
POOL_SECONDS = 30.0  # until one that finds every connection taken is told so, as the engine itself has it
# A full disk, a file that can't be read, written, opened or locked, no memory: it may be well again later.
PASSING = frozenset({
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM,
})  # fmt: skip
# What PostgreSQL refuses whenever it is asked; whatever else it says may be over by the next try.
REFUSED = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
PRIMARY = 0xFF  # the bits of SQLite's extended code that say what kind it is


class Closed(Exception):
    """The process stops: nobody waits for the database any more."""


class NoRoom(Exception):
    """SQLite can't write now. The engine knows one reason to wait for SQLite, by its words, so they are in here."""

    def __init__(self, why: str) -> None:
        super().__init__(f"as good as 'database is locked': {why}")


class Threads:
    """The ``connections`` of one engine, at most; one that doesn't answer for ``answer_seconds`` is broken.

    Once ``waits`` is set, whoever needs a connection waits until the database is back, instead of being told.
    """

    def __init__(self, url: str, *, connections: int, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.waits = threading.Event()
        self._closed = threading.Event()
        self._answer_seconds = answer_seconds
        self._room = {"pool_size": connections, "max_overflow": 0, "pool_timeout": POOL_SECONDS}
        self.engine = self._sqlite(sync_url(url)) if is_sqlite(url) else self._postgresql(sync_url(url))
        self._actor = ContextVar[str | None]("actor", default=None)
        event.listen(self.engine, "begin", self._begun)

    @contextmanager
    def by(self, replica: str | None) -> Iterator[None]:
        """Let every transaction that this task begins here meanwhile look first whether ``replica``, if any, lives.

        Raises:
            Fenced: it was buried; nothing of the transaction happened.
        """
        before = self._actor.set(replica)
        try:
            yield
        finally:
            self._actor.reset(before)

    def _begun(self, connection: Connection) -> None:
        actor = self._actor.get()
        if actor is not None and not replicas.admit(connection, actor):
            raise Fenced(actor)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Tell what a question meets while the database is away as everybody else here does.

        Raises:
            NotStored: it is away.
        """
        try:
            yield
        except (SQLAlchemyError, NoRoom, Closed) as error:
            raise NotStored(type(error).__name__) from error

    def close(self) -> None:
        """Let nobody wait any more; what is open stays so until ``dispose``."""
        self._closed.set()

    def dispose(self) -> None:
        """Close every connection, now or when its user gives it back."""
        self.close()
        event.listen(self.engine, "checkin", lambda _connection, record: record.invalidate())
        self.engine.dispose()

    def _sqlite(self, url: str) -> Engine:
        engine = create_engine(url, **self._room)

        @event.listens_for(engine, "connect")
        def _prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = "IMMEDIATE"
            connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
            connection.execute("PRAGMA foreign_keys=ON")

        @event.listens_for(engine, "handle_error")
        def _failed(context: ExceptionContext) -> None:
            error = context.original_exception
            if isinstance(error, sqlite3.Error) and (getattr(error, "sqlite_errorcode", 0) & PRIMARY) in PASSING:
                raise NoRoom(str(error)) from error

        return engine

    def _postgresql(self, url: str) -> Engine:
        engine = create_engine(url, connect_args=WIRE, pool_pre_ping=True, **self._room)

        @event.listens_for(engine, "do_connect")
        def _connect(_dialect: object, _record: object, args: Any, options: Any) -> Bounded:  # noqa: ANN401
            connection = self._waited_for(lambda: Bounded.connect(*args, **options))
            connection.answer_seconds = self._answer_seconds
            return connection

        @event.listens_for(engine, "connect")
        def _prepare(connection: Bounded, _record: object) -> None:
            connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_SECONDS * 1000:.0f}")
            connection.commit()

        @event.listens_for(engine, "handle_error")
        def _failed(context: ExceptionContext) -> None:
            error = context.sqlalchemy_exception
            passing = isinstance(error, DBAPIError) and not isinstance(error, REFUSED)
            if passing and self.waits.is_set() and not context.is_disconnect:
                # The engine tries again over another connection, and would write other errors down as a step's outcome.
                context.is_disconnect, context.invalidate_pool_on_disconnect = True, False

        return engine

    def _waited_for(self, connect: Callable[[], Bounded]) -> Bounded:
        while True:
            if self._closed.is_set():
                raise Closed
            try:
                return connect()
            except psycopg.OperationalError as error:
                if not (self.waits.is_set() and postgresql.is_away(error)):
                    raise
            self._closed.wait(AGAIN_SECONDS)

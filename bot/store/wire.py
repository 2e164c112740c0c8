"""PostgreSQL's wire, with an end to every wait.

TCP notices a peer that is gone. A proxy that lost its server, or a server that froze, takes what is sent and looks
well: without a bound whoever asked it waits for ever, and as many as the pool has connections hold up the process.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

ANSWER_SECONDS = 15.0  # more than a statement may take, and than a writer waits for another one
CONNECT_SECONDS = 5
WIRE = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    "application_name": "countersign",
}

T = TypeVar("T")


class Bounded(psycopg.Connection[Any]):
    """A connection of a thread; one that doesn't answer within ``answer_seconds`` is broken."""

    answer_seconds = ANSWER_SECONDS

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait as psycopg does, and no longer; every exchange with the server comes through here."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, self.answer_seconds)
            except psycopg.OperationalError:
                if not _listens(self.pgconn):
                    raise


class AsyncBounded(psycopg.AsyncConnection[Any]):
    """The same on an event loop."""

    answer_seconds = ANSWER_SECONDS

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's own signature
    ) -> T:
        """Wait as psycopg does, and no longer; every exchange with the server comes through here."""
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        while True:
            try:
                return await super().wait(gen, interval, self.answer_seconds)
            except psycopg.OperationalError:
                if not _listens(self.pgconn):
                    raise


def _listens(connection: psycopg.pq.abc.PGconn) -> bool:
    """Say whether ``connection`` only waits to be notified; one whose answer is overdue is closed, for good."""
    if connection.transaction_status == TransactionStatus.ACTIVE:
        connection.finish()
    return connection.transaction_status == TransactionStatus.IDLE


def connecting(answer_seconds: float) -> Callable[..., Coroutine[Any, Any, AsyncBounded]]:
    """Return what opens connections that answer within ``answer_seconds``, for an event loop."""

    async def connect(*args: Any, **options: Any) -> AsyncBounded:  # noqa: ANN401 - the driver's own options
        connection = await AsyncBounded.connect(*args, **options)
        connection.answer_seconds = answer_seconds
        return connection

    return connect

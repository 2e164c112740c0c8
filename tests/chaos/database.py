"""The bots' database, behind their backs: opened for each look, by whatever driver reads it."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from tests.postgres import OwnServer, Server

Row = dict[str, Any]
JSON = frozenset({"facts", "operation", "body", "findings", "moved"})


class Database(Protocol):
    """What can be looked up, and how a bot reaches it."""

    @property
    def url(self) -> str:
        """Where it is."""

    @property
    def runs(self) -> str:
        """The query for the ids of the engine's runs that have not ended."""

    @property
    def owners(self) -> str:
        """The query for those that somebody took; one that was adopted is its dead owner's until another takes it."""

    def look(self, *queries: str) -> list[list[Row]]:
        """Return what each of ``queries`` finds, all as of one moment; JSON comes as plain data."""

    async def fail(self, what: str, seconds: float) -> None:
        """Have a bad day until it returns: ``lock`` a file, ``stop`` a server, ``cut`` every connection to it."""


@dataclass(frozen=True, slots=True)
class Sqlite:
    """One file."""

    path: Path

    @property
    def url(self) -> str:
        """Return ``sqlite:///PATH``."""
        return f"sqlite:///{self.path}"

    @property
    def runs(self) -> str:
        """Return the query for the engine's open runs."""
        return "SELECT workflow_uuid, executor_id FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"

    @property
    def owners(self) -> str:
        """Return the query for those that somebody took."""
        return f"{self.runs} AND executor_id IS NOT NULL"

    def look(self, *queries: str) -> list[list[Row]]:
        """Return what each of ``queries`` finds."""
        address = f"file:{self.path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            found = [[dict(row) for row in connection.execute(query)] for query in queries]
        return [[_plain(row) for row in rows] for rows in found]

    async def fail(self, what: str, seconds: float) -> None:
        """Hold the write lock, as a backup or a curious operator does."""
        del what
        with closing(sqlite3.connect(self.path, timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)
            connection.execute("ROLLBACK")


@dataclass(frozen=True, slots=True)
class Postgresql:
    """One database of ``server``."""

    server: Server
    url: str

    @property
    def runs(self) -> str:
        """Return the query for the engine's open runs."""
        return "SELECT workflow_uuid, executor_id FROM dbos.workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"

    @property
    def owners(self) -> str:
        """Return the query for those that somebody took."""
        return f"{self.runs} AND executor_id IS NOT NULL"

    def look(self, *queries: str) -> list[list[Row]]:
        """Return what each of ``queries`` finds."""
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return [connection.execute(query.encode()).fetchall() for query in queries]

    async def fail(self, what: str, seconds: float) -> None:
        """Stop the server for ``seconds``, or end every connection."""
        if what == "stop" and isinstance(self.server, OwnServer):
            await asyncio.to_thread(self.server.stop)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self.server.start)
        else:
            await asyncio.to_thread(self.server.cut, self.url)


def _plain(row: Row) -> Row:
    return {name: json.loads(value) if name in JSON else value for name, value in row.items()}

"""The bot's database as a story looks into it, or reaches into it, while the bot runs."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One database file."""

    path: Path

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what ``query`` finds."""
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """Do ``statement`` and commit it."""
        with closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
            connection.execute(statement, values)

    def events(self, change: str) -> list[str]:
        """Return the kinds of the events of ``change`` (``CR-7``), in order."""
        return [kind for kind, _ in self.who_did(change)]

    def who_did(self, change: str) -> list[tuple[str, str]]:
        """Return kind and actor of every event of ``change``, in order."""
        query = "SELECT kind, actor FROM events WHERE change = ? ORDER BY id"
        return [(kind, actor) for kind, actor in self.rows(query, number(change))]

    def state(self, change: str) -> str:
        """Return the state that the row of ``change`` holds."""
        return str(self.rows("SELECT state FROM changes WHERE id = ?", number(change))[0][0])

    def changes_on(self, load_balancer: str) -> int:
        """Return how many changes were ever stored for ``load_balancer``."""
        return int(self.rows("SELECT count(*) FROM changes WHERE load_balancer = ?", load_balancer)[0][0])


def number(change: str) -> int:
    """Return the id of ``CR-7``."""
    return int(change.removeprefix("CR-"))

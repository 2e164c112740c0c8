"""Whether the rows that change say what the events lead to."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bot.store.explained.changes import unexplained_changes
from bot.store.explained.lasting import FREEZES, GRANTS, unexplained_rows
from bot.store.explained.row import Differing

__all__ = ["unexplained"]


def unexplained(connection: Connection) -> Iterator[Differing]:
    """Yield each row that differs, as ``CR-7 state``, with the id of the last event that explains it."""
    yield from unexplained_changes(connection)
    for lasting in (GRANTS, FREEZES):
        yield from unexplained_rows(connection, lasting)

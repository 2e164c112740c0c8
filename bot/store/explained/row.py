"""What a row that changes must say after the events that explain it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from bot.store.tables import events

BATCH = 200  # rows in memory at a time, each with its events
Expected = dict[str, Any]  # values by their columns
Differing = tuple[str, int | None]  # a row that differs, as ``CR-7 state``, and the last event that explains it


def columns_apart(row: Row[Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns in which ``row`` is not what is ``wanted``."""
    said = row._mapping  # noqa: SLF001 - SQLAlchemy's own name for it
    return (column for column, value in wanted.items() if said[column] != value)


def gone(connection: Connection, table: Table, begun: str, number: Callable[[Row[Any]], int]) -> Iterator[list[int]]:
    """Yield, bit by bit, the numbers of those that an event of the kind ``begun`` began and that ``table`` lacks.

    ``number`` says which one an event began.
    """
    last, query = 0, select(events).where(events.c.kind == begun).order_by(events.c.id).limit(BATCH)
    while batch := connection.execute(query.where(events.c.id > last)).all():
        last, numbers = batch[-1].id, [number(event) for event in batch]
        there = set(connection.execute(select(table.c.id).where(table.c.id.in_(numbers))).scalars())
        yield [one for one in numbers if one not in there]

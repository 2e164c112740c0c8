"""What a row that changes must say after the events that explain it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Row

BATCH = 200  # rows in memory at a time, each with its events
Expected = dict[str, Any]  # values by their columns
Differing = tuple[str, int | None]  # a row that differs, as ``CR-7 state``, and the last event that explains it


def columns_apart(row: Row[Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns in which ``row`` is not what is ``wanted``."""
    said = row._mapping  # noqa: SLF001 - SQLAlchemy's own name for it
    return (column for column, value in wanted.items() if said[column] != value)

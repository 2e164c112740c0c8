"""A replica of the version before works beside the newer tables: what it reads and writes, it still can."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from bot.store.database import sync_url
from bot.store.migrate import alembic_config, known_revisions
from bot.store.tables import metadata
from tests.postgres import fresh_database

STEPS = list(pairwise(known_revisions("sqlite://")))
ONE_ROW = "chain"  # which the migration writes, and nobody adds to


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/a.db"
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            yield url


def known_before(url: str) -> list[sa.Table]:
    """Return our tables as they are now, in an order in which rows can be added."""
    seen = sa.MetaData()
    seen.reflect(sa.create_engine(sync_url(url), poolclass=sa.NullPool))
    return [table for table in seen.sorted_tables if table.name in metadata.tables]


def row_of(table: sa.Table) -> dict[str, Any]:
    """Return a row with a value for each column that such a replica knows."""
    return {column.name: _value(column) for column in table.columns}


def _value(column: sa.Column[Any]) -> object:
    if isinstance(column.type, sa.Integer | sa.Float):
        return 1
    if isinstance(column.type, sa.JSON):
        return {}
    return "k"


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_what_a_replica_of_the_version_before_reads_and_writes_it_still_can(
    empty: str, before: str, after: str
) -> None:
    config = alembic_config(empty)
    command.upgrade(config, before)
    tables = known_before(empty)
    command.upgrade(config, after)

    with sa.create_engine(sync_url(empty), poolclass=sa.NullPool).begin() as connection:
        for table in tables:
            if table.name != ONE_ROW:
                connection.execute(sa.insert(table).values(row_of(table)))
            if table.name == "changes":
                connection.execute(sa.update(table).values(state="APPROVED", version=2))
        found = {table.name: len(connection.execute(sa.select(table)).all()) for table in tables}

    assert found == {table.name: 1 for table in tables}

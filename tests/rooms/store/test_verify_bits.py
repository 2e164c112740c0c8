"""Every bit of the record counts, and a longer record needs no more memory."""

import struct
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from bot.store.chain import BATCH, extend
from bot.store.ledger import Ledger
from bot.store.tables import chain, events, links
from bot.store.verify import verify
from tests.rooms.store.ledgers import behind, unguarded
from tests.rooms.store.recording import recorded_story
from tests.unit.slack.making import NOW

CHAIN = (events, links, chain)


@pytest.fixture
async def story(ledger: Ledger) -> None:
    await recorded_story(ledger)


def turned(value: Any, draw: Callable[[int], int]) -> Any:  # noqa: ANN401 - of any column
    """Return ``value`` with one bit of what the database keeps of it turned over; a text comes back as bytes."""
    if isinstance(value, int):
        return value ^ (1 << draw(31))
    if isinstance(value, float):
        (bits,) = struct.unpack("<Q", struct.pack("<d", value))
        return struct.unpack("<d", struct.pack("<Q", bits ^ (1 << draw(64))))[0]
    raw = bytearray(value.encode())
    place = draw(len(raw) * 8)
    raw[place // 8] ^= 1 << place % 8
    return bytes(raw)


def placed(connection: sa.Connection, value: object, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return ``value`` as it can be put into ``column``, whatever it is.

    Raises:
        UnicodeDecodeError: PostgreSQL takes no such text.
    """
    if not isinstance(value, bytes):
        return sa.literal(value)
    if connection.dialect.name == "sqlite":
        return sa.cast(sa.literal(value, sa.LargeBinary), sa.Text)
    return sa.cast(sa.literal(value.decode(), sa.Text), column.type)


@pytest.mark.usefixtures("story")
def test_no_bit_of_the_record_can_be_turned_over_unseen(url: str) -> None:
    with behind(url).connect() as connection:
        unguarded(connection)
        connection.commit()

        @given(st.data())
        def turn(data: st.DataObject) -> None:
            table = data.draw(st.sampled_from(CHAIN))
            column = data.draw(st.sampled_from([one for one in table.columns if one is not events.c.change]))
            (key,) = table.primary_key
            raw = sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column
            row = data.draw(st.sampled_from(connection.execute(sa.select(key, raw.label("value"))).all()))
            value = turned(row.value, lambda many: data.draw(st.integers(0, many - 1)))
            try:
                order = sa.update(table).where(key == row[0]).values({column: placed(connection, value, column)})
                connection.execute(order)
            except (DBAPIError, UnicodeDecodeError):  # the database itself refuses what it would become
                assume(False)
            else:
                found = verify(connection).flaw
                assert found is not None
                assert table is not events or column is key or found.event == row[0]
            finally:
                connection.rollback()

        turn()
        assert verify(connection).flaw is None


def recording(connection: sa.Connection, count: int) -> None:
    row = {"at": NOW, "actor": "countersign", "kind": "step.calling", "facts": {"text": "x" * 200}}
    for _ in range(count // BATCH):
        connection.execute(sa.insert(events), [row] * BATCH)
    extend(connection)


def peak(connection: sa.Connection) -> int:
    """Return the most bytes that verifying held at a time."""
    tracemalloc.start()
    try:
        assert verify(connection).flaw is None
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_record_needs_no_more_memory(url: str) -> None:
    with behind(url).connect() as connection:
        recording(connection, 2 * BATCH)
        short = peak(connection)
        recording(connection, 18 * BATCH)
        long = peak(connection)

    assert long < short * 1.2

"""The chain of hashes over the events: nothing is written without a link, and nothing written can be changed."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot.store.chain import moment
from bot.store.ledger import Ledger, NotStored
from bot.store.tables import chain, events, links
from tests.rooms.store.ledgers import behind, opened, opened_change, rows

TAMPERING = [
    ("UPDATE events SET id = id", "UPDATE events SET id = id"),
    ("DELETE FROM events", "DELETE FROM events"),
    ("REPLACE INTO events SELECT * FROM events", "TRUNCATE events"),
    ("UPDATE links SET number = number", "UPDATE links SET number = number"),
    ("DELETE FROM links", "DELETE FROM links"),
    ("REPLACE INTO links SELECT * FROM links", "TRUNCATE links"),
]
OLDER = "INSERT INTO events (at, actor, kind, facts) VALUES (7.5, 'countersign', 'step.calling', '{\"a\": 1}')"


async def recorded(ledger: Ledger, *kinds: str) -> None:
    async with ledger.writing() as book:
        for kind in kinds:
            await book.record("U0ALICE", kind, at=1785402753.1234567, facts={"why": "负载 \u2028", "n": 1e-05})


async def test_each_event_is_linked_to_everything_before_it(ledger: Ledger) -> None:
    await recorded(ledger, "a", "b")
    await recorded(ledger, "c")

    made = await rows(ledger, links)
    (standing,) = await rows(ledger, chain)
    assert [(one["number"], one["event"]) for one in made] == [(1, 1), (2, 2), (3, 3)]
    assert made[0]["previous"] == hashlib.sha256(standing["installation"].encode()).hexdigest()
    assert all(after["previous"] == before["hash"] for before, after in pairwise(made))
    assert (standing["length"], standing["event"], standing["head"]) == (3, 3, made[-1]["hash"])


async def test_a_hash_is_that_of_the_documented_line(ledger: Ledger) -> None:
    await recorded(ledger, "a")

    (made,) = await rows(ledger, links)
    (event,) = await rows(ledger, events)
    line = (
        '{"actor":"U0ALICE","at":"2026-07-30T09:12:33.1234567Z","change":null,"facts":'
        f'{json.dumps(event["facts"])},"id":1,"kind":"a","number":1,"previous":"{made["previous"]}"}}'
    )
    assert json.loads(line)["facts"] == event["facts"]
    assert made["hash"] == hashlib.sha256(line.encode()).hexdigest()


async def test_what_was_recorded_is_linked_in_the_same_transaction(ledger: Ledger) -> None:
    async def undone() -> None:
        async with ledger.writing() as book:
            await book.record("test", "undone", at=1.0)
            await book.head()
            raise LookupError

    with pytest.raises(LookupError):
        await undone()

    assert [await rows(ledger, table) for table in (events, links)] == [[], []]
    assert [one["length"] for one in await rows(ledger, chain)] == [0]


async def test_the_head_stands_for_what_is_recorded_so_far(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await book.record("test", "first", at=1.0)
        first = await book.head()
        assert await book.head() == first
        await book.record("test", "second", at=2.0)

    assert [one["hash"] == first for one in await rows(ledger, links)] == [True, False]


async def test_only_a_transaction_that_writes_records(ledger: Ledger) -> None:
    async with ledger.aside() as aside, ledger.reading() as reading:
        for book in (aside, reading):
            with pytest.raises(RuntimeError):
                await book.record("test", "beside", at=1.0)


async def test_what_a_version_without_hashes_wrote_is_linked_by_the_next_writer(url: str, ledger: Ledger) -> None:
    await recorded(ledger, "before")
    with behind(url).begin() as connection:
        connection.exec_driver_sql(OLDER)
    with capture_logs() as lines:
        await recorded(ledger, "after")

    assert [one["event"] for one in await rows(ledger, links)] == [one["id"] for one in await rows(ledger, events)]
    assert [(line["event"], line["count"]) for line in lines] == [("events without a hash were linked", 1)]


async def test_a_row_that_nobody_of_ours_wrote_keeps_nobody_from_writing(url: str, ledger: Ledger) -> None:
    with behind(url).begin() as connection:
        connection.exec_driver_sql("INSERT INTO events (at, actor, kind, facts) VALUES (-1e300, '\"', '', '[1 ]')")
    await recorded(ledger, "after")

    assert [one["number"] for one in await rows(ledger, links)] == [1, 2]


@pytest.mark.parametrize("orders", TAMPERING)
async def test_events_and_links_are_only_added_to(url: str, ledger: Ledger, orders: tuple[str, str]) -> None:
    await recorded(ledger, "a")
    on_sqlite, on_postgresql = orders
    with behind(url).begin() as connection, pytest.raises(DBAPIError, match="are only added to"):
        connection.exec_driver_sql(on_sqlite if "sqlite" in url else on_postgresql)

    assert [one["kind"] for one in await rows(ledger, events)] == ["a"]


async def test_the_row_of_the_chain_is_not_deleted(url: str) -> None:
    with behind(url).begin() as connection, pytest.raises(DBAPIError, match="chain"):
        connection.exec_driver_sql("DELETE FROM chain")


async def test_those_who_write_at_once_make_one_chain(url: str, ledger: Ledger) -> None:
    async with opened(url) as other:
        await asyncio.gather(*(recorded(one, "a", "b") for one in (ledger, other) * 10))

    made = await rows(ledger, links)
    assert [one["number"] for one in made] == list(range(1, 41))
    assert all(after["previous"] == before["hash"] for before, after in pairwise(made))


async def test_a_database_whose_chain_lost_its_row_takes_nothing_more(url: str, ledger: Ledger) -> None:
    with behind(url).begin() as connection:
        order = "DROP TRIGGER chain_keeps_its_row" + ("" if "sqlite" in url else " ON chain")
        connection.exec_driver_sql(order)
        connection.exec_driver_sql("DELETE FROM chain")
    with capture_logs() as lines, pytest.raises(NotStored):
        await recorded(ledger, "a")

    assert "the table chain has lost its row" in lines[0]["event"]
    assert await rows(ledger, events) == []


async def test_the_events_of_a_change_name_it(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)

    assert [one["change"] for one in await rows(ledger, events)] == [None, change.id]
    assert len(await rows(ledger, links)) == 2


@pytest.mark.parametrize("at", [1785402753.0, 1785402753.1234567, 0.1 + 0.2, 1e-05, 253402200000.5])
def test_a_time_is_told_with_all_its_digits(at: float) -> None:
    told = moment(at)
    whole, _, fraction = told.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp())

    assert float(f"{seconds}.{fraction}") == at

"""What is SQLite's own: a file that one process owns, locked, missing or broken."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.database import InUse, owning, sqlite_path
from bot.store.intake import take_in
from bot.store.ledger import Ledger, NotStored
from bot.store.tables import intake
from tests.rooms.store.ledgers import database, no_thread_left, opened, rows, taken


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database(tmp_path)


@contextmanager
def locked(url: str) -> Iterator[sqlite3.Connection]:
    """Hold the write lock from outside."""
    connection = sqlite3.connect(sqlite_path(url), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    finally:
        connection.close()


async def test_reading_goes_on_while_another_connection_writes(ledger: Ledger, url: str) -> None:
    async with ledger.writing() as book:
        await take_in(book, taken())
    with locked(url):
        found = await rows(ledger, intake)
        await ledger.ping()

    assert len(found) == 1


async def test_a_database_locked_by_another_for_too_long_is_not_stored(url: str) -> None:
    async with opened(url, busy_seconds=0.05) as ledger:
        with locked(url), pytest.raises(NotStored):
            async with ledger.writing() as book:
                await take_in(book, taken())

        async with ledger.writing() as book:
            first = await take_in(book, taken())

        assert first
        assert len(await rows(ledger, intake)) == 1


async def test_one_transaction_may_give_up_sooner_than_the_others(url: str) -> None:
    async with opened(url, busy_seconds=600.0) as ledger:
        with locked(url), pytest.raises(NotStored):
            async with ledger.writing(patience=0.05) as book:
                await take_in(book, taken())
        async with ledger.writing() as book:
            [waits] = (await book.connection.execute(text("PRAGMA busy_timeout"))).one()

    assert waits == 600_000


async def test_a_file_that_is_full_is_not_stored_and_takes_more_when_there_is_room(ledger: Ledger) -> None:
    async with ledger.reading() as book:
        pages = (await book.connection.execute(text("PRAGMA page_count"))).scalar_one()
        await book.connection.execute(text(f"PRAGMA max_page_count={pages}"))

    with pytest.raises(NotStored) as raised:
        async with ledger.writing() as book:
            await take_in(book, taken(text="x" * 1_000_000))
    async with ledger.writing() as book:
        await book.connection.execute(text("PRAGMA max_page_count=1000000"))
    async with ledger.writing() as book:
        first = await take_in(book, taken(text="x" * 1_000_000))

    assert "database or disk is full" in str(raised.value.__cause__)
    assert first
    assert len(await rows(ledger, intake)) == 1


async def test_a_folder_that_is_gone_is_not_stored(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    async with no_thread_left(), opened(database(folder)) as ledger:
        shutil.rmtree(folder)

        with pytest.raises(NotStored):
            await ledger.ping()
        with pytest.raises(NotStored):
            async with ledger.writing() as book:
                await take_in(book, taken())


async def test_a_file_that_is_no_database_is_not_stored(url: str) -> None:
    sqlite_path(url).write_bytes(b"not a database at all, and long enough to be sure" * 100)

    async with opened(url) as ledger:
        with pytest.raises(NotStored):
            await ledger.ping()


def test_a_second_owner_of_the_file_is_refused_until_the_first_lets_go(url: str) -> None:
    with owning(url), pytest.raises(InUse) as raised, owning(url):
        pass
    with owning(url):
        again = True

    assert raised.value.path == sqlite_path(url)
    assert again


@pytest.mark.parametrize("there", [True, False], ids=["a file", "no file yet"])
def test_whoever_comes_through_a_symbolic_link_meets_the_same_lock(tmp_path: Path, *, there: bool) -> None:
    (tmp_path / "elsewhere").mkdir()
    real, link = tmp_path / "elsewhere" / "real.db", tmp_path / "link.db"
    link.symlink_to(real)
    if there:
        real.touch()

    with owning(f"sqlite:///{real}"), pytest.raises(InUse) as raised, owning(f"sqlite:///{link}"):
        pass

    assert raised.value.path == link


async def test_the_lock_of_a_killed_process_ends_with_it(url: str) -> None:
    holding = (
        "import sys\n"
        "from bot.store.database import owning\n"
        "with owning(sys.argv[1]):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", holding, url), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert other.stdout
    held = await other.stdout.readline()
    with pytest.raises(InUse), owning(url):
        pass
    other.kill()
    await other.communicate()

    with owning(url):
        assert held == b"held\n"

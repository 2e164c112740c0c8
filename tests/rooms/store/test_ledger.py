"""Transactions on a real SQLite file."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.change import Change, Move, State
from bot.domain.errors import Refusal
from bot.store import outbox
from bot.store.book import AlreadyOpen
from bot.store.database import InUse, owning, sqlite_path
from bot.store.intake import take_in
from bot.store.ledger import Ledger, NotStored
from bot.store.outbox import Purpose
from bot.store.tables import changes, events, intake, posts
from tests.rooms.store.ledgers import database, kinds, opened, opened_change, rows, taken
from tests.unit.slack.making import NOW

AT_ONCE = 20


@contextmanager
def locked(url: str) -> Iterator[sqlite3.Connection]:
    """Hold the write lock from outside."""
    connection = sqlite3.connect(sqlite_path(url), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    finally:
        connection.close()


async def test_a_block_that_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    async def failing() -> None:
        async with ledger.writing() as book:
            change = await opened_change(book)
            await outbox.want(book, change, Purpose.CARD, at=NOW)
            raise Refusal(change=change.name)

    with pytest.raises(Refusal):
        await failing()

    assert [await rows(ledger, table) for table in (intake, changes, posts, events)] == [[], [], [], []]


async def test_a_commit_rings_the_bell_and_a_failure_does_not(ledger: Ledger) -> None:
    async def failing() -> None:
        async with ledger.writing() as book:
            await take_in(book, taken())
            raise Refusal

    with pytest.raises(Refusal):
        await failing()
    silent = ledger.bell.is_set()
    async with ledger.writing() as book:
        await take_in(book, taken())

    assert (silent, ledger.bell.is_set()) == (False, True)


async def test_reading_goes_on_while_another_connection_writes(ledger: Ledger, url: str) -> None:
    async with ledger.writing() as book:
        await take_in(book, taken())
    with locked(url):
        found = await rows(ledger, intake)
        await ledger.ping()

    assert len(found) == 1


async def test_a_reading_transaction_sees_one_moment(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)

    async with ledger.reading() as looking:
        before = await looking.change(change.id)
        async with ledger.writing() as book:
            await book.move(change, Move.APPROVE, actor="U0BOB", at=NOW)
        after = await looking.change(change.id)

    assert before == after
    assert (await _change(ledger, change.id)).state is State.APPROVED


async def _change(ledger: Ledger, number: int) -> Change:
    async with ledger.reading() as book:
        return await book.change(number)


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


async def test_a_folder_that_is_gone_is_not_stored(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    async with opened(database(folder)) as ledger:
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


async def test_no_update_is_lost_when_two_ledgers_write_at_once(url: str) -> None:
    async with opened(url) as one, opened(url) as other:
        async with one.writing() as book:
            change = await opened_change(book)
            await outbox.want(book, change, Purpose.CARD, at=NOW)

        async def again(ledger: Ledger) -> None:
            async with ledger.writing() as book:
                known = await book.change(change.id)
                await book.set_findings(change.id, {"seen": known.findings.get("seen", 0) + 1})
                await outbox.want(book, change, Purpose.CARD, at=NOW)

        await asyncio.gather(*(again(ledger) for ledger in (one, other) for _ in range(AT_ONCE)))

        async with one.reading() as book:
            assert (await book.change(change.id)).findings == {"seen": 2 * AT_ONCE}
        assert [row["wanted"] for row in await rows(one, posts)] == [1 + 2 * AT_ONCE]


async def test_of_many_who_open_the_same_at_once_one_does(url: str) -> None:
    async with opened(url) as one, opened(url) as other:

        async def opening(ledger: Ledger, number: int) -> str:
            try:
                async with ledger.writing() as book:
                    return (await opened_change(book, key=f"k{number}")).name
            except AlreadyOpen as no:
                return str(no.facts["change"])

        names = await asyncio.gather(
            *(opening(ledger, number) for number, ledger in enumerate([one, other] * (AT_ONCE // 2)))
        )

        assert set(names) == {"CR-1"}
        assert len(await rows(one, changes)) == 1
        assert await kinds(one) == ["received.command", "change.opened"]


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


async def test_work_can_be_done_on_the_transaction_s_own_connection(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await take_in(book, taken())
        found = await book.run_sync(lambda connection: connection.exec_driver_sql("SELECT key FROM intake").scalar())

    assert found == "k1"


async def test_facts_of_an_event_become_plain_data(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await book.record("U0ALICE", "odd", at=NOW, facts={"path": Path("a"), "state": State.PENDING, "none": None})

    assert (await rows(ledger, events))[0]["facts"] == {"path": "a", "state": "PENDING", "none": None}


async def test_a_row_that_refers_to_nothing_is_not_stored(ledger: Ledger) -> None:
    with pytest.raises(NotStored):
        async with ledger.writing() as book:
            await book.record("U0ALICE", "orphan", at=NOW, change=99)

    assert await rows(ledger, events) == []

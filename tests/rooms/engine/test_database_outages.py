"""The durable engine while its database is stopped, cut off or silent: runs wait, and go on by themselves."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from dbos._utils import retriable_sqlite_exception
from sqlalchemy import text

from bot.engine.durable import Durable
from bot.store.database import open_database, sqlite_path
from bot.store.ledger import Ledger, NotStored
from bot.store.migrate import migrate
from bot.store.threads import Closed, NoRoom, Threads
from tests.postgres import OwnServer, Server, fresh_database
from tests.relay import relaying
from tests.rooms.engine.outages import EACH_ONCE, ENOUGH, enqueued, in_trouble
from tests.rooms.engine.told import Told, idle, started
from tests.rooms.store.ledgers import database, opened_change


@pytest.fixture
async def own(own_postgres: OwnServer) -> AsyncIterator[tuple[OwnServer, str]]:
    with fresh_database(own_postgres) as url:
        await migrate(url)
        yield own_postgres, url


async def test_a_run_whose_connections_are_cut_at_every_step_goes_on_by_itself(
    migrated_postgres: str, postgres: Server
) -> None:
    told = Told()

    async def cut(_number: int) -> None:
        await asyncio.to_thread(postgres.cut, migrated_postgres)

    await enqueued(migrated_postgres, in_trouble(told, cut), told)

    assert told.lines == EACH_ONCE


async def test_a_run_whose_server_stops_goes_on_as_soon_as_it_is_back(own: tuple[OwnServer, str]) -> None:
    server, url = own
    told = Told()
    asleep = list[asyncio.Task[None]]()

    async def stop(number: int) -> None:
        if number == 1:
            await asyncio.to_thread(server.stop)
            asleep.append(asyncio.create_task(asyncio.to_thread(server.start)))

    await enqueued(url, in_trouble(told, stop), told)

    assert told.lines == EACH_ONCE


async def test_a_run_whose_wire_goes_silent_goes_on_over_a_new_one(migrated_postgres: str) -> None:
    told = Told()
    with relaying(migrated_postgres) as (relay, through):

        async def fall_silent(number: int) -> None:
            if number == 1:
                relay.silent = True
                asyncio.get_running_loop().call_later(2.0, relay.heal)

        await enqueued(through, in_trouble(told, fall_silent), told)

    assert told.lines == EACH_ONCE


async def test_what_is_asked_of_the_engine_while_the_server_is_away_is_told_so(own: tuple[OwnServer, str]) -> None:
    server, url = own
    async with asyncio.timeout(ENOUGH), started(url, idle) as durable:
        server.stop()
        with pytest.raises(NotStored):
            await durable.unfinished()
        with pytest.raises(NotStored):
            await durable.adopt(["CR-1.1"])
        server.start()

        assert await durable.unfinished() == {}


async def test_a_start_while_the_server_is_away_is_told_so_and_the_next_one_goes_through(
    own: tuple[OwnServer, str],
) -> None:
    server, url = own
    server.stop()
    with pytest.raises(NotStored):
        await Durable(url, executor="first").start(idle)
    server.start()

    async with started(url, idle, executor="second") as durable:
        assert await durable.unfinished() == {}


async def test_a_stop_while_the_server_is_away_waits_for_nobody(own: tuple[OwnServer, str]) -> None:
    server, url = own
    told = Told()

    async def stop(_number: int) -> None:
        await asyncio.to_thread(server.stop)
        told.say("away")

    ledger = Ledger(open_database(url))
    async with asyncio.timeout(ENOUGH), started(url, in_trouble(told, stop)) as durable:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
        await told.until("away")
        await ledger.close()
    server.start()

    assert told.lines == ["step 0", "away"]


async def test_nobody_waits_for_a_connection_any_more_once_it_is_closed() -> None:
    away = Threads("postgresql://postgres@127.0.0.1:9/none", connections=1)
    away.waits.set()
    waiting = asyncio.create_task(asyncio.to_thread(away.engine.connect))
    away.close()

    with pytest.raises(Closed):
        await waiting
    away.dispose()


async def test_a_run_whose_file_another_process_locks_goes_on_when_it_lets_go(tmp_path: Path) -> None:
    told, url = Told(), database(tmp_path)
    with closing(sqlite3.connect(sqlite_path(url), isolation_level=None)) as other:

        async def lock(number: int) -> None:
            if number == 1:
                other.execute("BEGIN IMMEDIATE")
                asyncio.get_running_loop().call_later(2.0, other.rollback)

        await enqueued(url, in_trouble(told, lock), told)

    assert told.lines == EACH_ONCE


def test_a_full_file_is_something_the_engine_waits_for(tmp_path: Path) -> None:
    way = Threads(database(tmp_path), connections=1)
    with way.engine.begin() as connection:
        connection.execute(text("CREATE TABLE bytes (some BLOB)"))
    with way.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))

    with pytest.raises(NoRoom) as raised, way.engine.begin() as connection:
        connection.execute(text("INSERT INTO bytes VALUES (randomblob(1000000))"))
    with pytest.raises(NotStored), way.asked():
        raise raised.value
    with way.engine.begin() as connection:
        connection.execute(text("PRAGMA max_page_count=1000000"))
        connection.execute(text("INSERT INTO bytes VALUES (randomblob(1000000))"))
    way.dispose()

    assert retriable_sqlite_exception(raised.value)
    assert "database or disk is full" in str(raised.value)

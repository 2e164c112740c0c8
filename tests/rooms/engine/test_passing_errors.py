"""An error of the database that passes is no outcome of a step: the engine tries again until it is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

from bot.store.database import sqlite_path
from tests.postgres import Server
from tests.rooms.engine.outages import EACH_ONCE, enqueued, in_trouble
from tests.rooms.engine.told import Told, heard
from tests.rooms.store.ledgers import database

ENGINE = "dbos"  # its schema, and where it says what it meets
# The first of the engine's results that comes is refused, once: a sequence doesn't go back with its transaction.
REFUSE_ONCE = """
CREATE SEQUENCE public.refused;
CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('public.refused') = 1 THEN RAISE EXCEPTION 'not now' USING ERRCODE = '{}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON dbos.operation_outputs FOR EACH ROW EXECUTE FUNCTION public.refuse();
"""
PASSING = {
    "25006": "it only reads",
    "25P02": "the transaction was broken before",
    "40001": "it met another transaction",
    "55P03": "a lock could not be had",
    "57014": "the statement was cancelled",
    "58030": "the disk said no",
    "XX000": "a fault of the server",
}


def at_step_1(trouble: Callable[[], Awaitable[None]]) -> Callable[[int], Awaitable[None]]:
    async def meet(number: int) -> None:
        if number == 1:
            await trouble()

    return meet


@asynccontextmanager
async def ordering(url: str) -> AsyncIterator[psycopg.AsyncConnection]:
    """Yield a connection that orders as the database's owner."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("code", PASSING, ids=PASSING.values())
async def test_a_result_that_postgresql_refuses_for_a_moment_is_written_down_later(
    migrated_postgres: str, code: str
) -> None:
    told = Told()

    async def refuse_once() -> None:
        async with ordering(migrated_postgres) as owner:
            await owner.execute(REFUSE_ONCE.format(code).encode())

    await enqueued(migrated_postgres, in_trouble(told, at_step_1(refuse_once)), told)

    assert told.lines == EACH_ONCE


async def healed(told: Told, words: str, heal: Callable[[], Awaitable[object]]) -> None:
    """Do ``heal`` once the engine has met an error with ``words`` in it."""
    met = Told()
    async with heard(ENGINE, met):
        while not any(words in line for line in met.lines):
            await met.more()
    told.say("met")
    await heal()


async def test_a_database_that_only_reads_for_a_while_ends_no_run(migrated_postgres: str, postgres: Server) -> None:
    told, name = Told(), Identifier(make_url(migrated_postgres).database or "")
    healing = list[asyncio.Task[None]]()
    async with ordering(postgres.url) as owner:

        async def only_read() -> None:
            await owner.execute(SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
            await asyncio.to_thread(postgres.cut, migrated_postgres)
            reset = SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(name)
            healing.append(asyncio.create_task(healed(told, "read-only transaction", lambda: owner.execute(reset))))

        await enqueued(migrated_postgres, in_trouble(told, at_step_1(only_read)), told)
        await asyncio.gather(*healing)

    assert [line for line in told.lines if line != "met"] == EACH_ONCE
    assert "met" in told.lines


async def test_a_table_that_is_locked_for_longer_than_a_statement_may_take_ends_no_run(
    migrated_postgres: str, postgres: Server
) -> None:
    told, name = Told(), Identifier(make_url(migrated_postgres).database or "")
    healing = list[asyncio.Task[None]]()
    async with ordering(postgres.url) as owner:

        async def lock() -> None:
            await owner.execute(SQL("ALTER DATABASE {} SET statement_timeout = 200").format(name))
            await asyncio.to_thread(postgres.cut, migrated_postgres)
            holding = await psycopg.AsyncConnection.connect(migrated_postgres, options="-c statement_timeout=0")
            await holding.execute("LOCK TABLE dbos.operation_outputs IN EXCLUSIVE MODE")
            healing.append(asyncio.create_task(healed(told, "statement timeout", holding.close)))

        await enqueued(migrated_postgres, in_trouble(told, at_step_1(lock)), told)
        await asyncio.gather(*healing)

    assert [line for line in told.lines if line != "met"] == EACH_ONCE
    assert "met" in told.lines


async def test_a_file_that_can_not_be_written_for_a_while_ends_no_run(tmp_path: Path) -> None:
    told, url = Told(), database(tmp_path)
    journal = sqlite_path(url).with_name(sqlite_path(url).name + "-journal")
    healing = list[asyncio.Task[None]]()

    async def unlinked() -> None:
        journal.rmdir()

    async def block() -> None:
        journal.mkdir()  # where SQLite would write down first what it is about to change
        healing.append(asyncio.create_task(healed(told, "disk I/O error", unlinked)))

    await enqueued(url, in_trouble(told, at_step_1(block)), told)
    await asyncio.gather(*healing)

    assert [line for line in told.lines if line != "met"] == EACH_ONCE
    assert "met" in told.lines

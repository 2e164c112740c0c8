"""What is PostgreSQL's own: a server that others use, a wire that breaks or goes silent at the worst moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bot.store.database import async_url
from bot.store.intake import take_in
from bot.store.ledger import Ledger, MaybeStored, NotStored
from bot.store.migrate import migrate
from bot.store.postgresql import IDLE_SECONDS, POOL, STATEMENT_SECONDS, open_database
from bot.store.tables import intake
from bot.store.wire import ANSWER_SECONDS
from tests.postgres import OwnServer, Server, fresh_database
from tests.relay import Cut, Relay, relaying
from tests.rooms.store.ledgers import opened, rows, taken

ENOUGH = 60.0  # seconds in which everything here ends on a slow machine, and which "for ever" is longer than


@pytest.fixture
def url(migrated_postgres: str) -> str:
    return migrated_postgres


@asynccontextmanager
async def ledger_with(url: str, *, idle: float = IDLE_SECONDS, answer: float = ANSWER_SECONDS) -> AsyncIterator[Ledger]:
    opened = Ledger(open_database(async_url(url), busy_seconds=ENOUGH, idle_seconds=idle, answer_seconds=answer))
    yield opened
    await opened.close()


@pytest.fixture
async def relayed(url: str) -> AsyncIterator[tuple[Relay, Ledger]]:
    """Open a ledger over a relay, one connection of it in use; no answer is waited for longer than a moment."""
    with relaying(url) as (relay, through):
        async with ledger_with(through, answer=3.0) as near:
            await near.ping()
            yield relay, near


async def store(ledger: Ledger, key: str) -> None:
    async with ledger.writing() as book:
        await take_in(book, taken(key))


async def store_amid(ledger: Ledger, trouble: Callable[[], Awaitable[None]], *keys: str) -> None:
    """Store ``keys`` in one transaction, with ``trouble`` behind the first."""
    async with ledger.writing() as book:
        for number, key in enumerate(keys):
            await take_in(book, taken(key))
            if number == 0:
                await trouble()


async def told(work: Awaitable[None]) -> str:
    try:
        await work
    except NotStored as away:
        return type(away).__name__
    return "nothing"


async def keys(ledger: Ledger) -> list[str]:
    return [str(row["key"]) for row in await rows(ledger, intake)]


async def test_a_writer_that_waits_for_another_one_longer_than_its_patience_is_not_stored(
    ledger: Ledger, url: str
) -> None:
    async with opened(url, busy_seconds=0.05) as hurried, ledger.writing() as book:
        await take_in(book, taken("first"))
        with pytest.raises(NotStored) as raised:
            await store(hurried, "second")
        with pytest.raises(NotStored):
            async with ledger.writing(patience=0.05):
                pass

    assert not isinstance(raised.value, MaybeStored)
    await store(ledger, "third")
    assert await keys(ledger) == ["first", "third"]


async def test_a_connection_killed_mid_transaction_leaves_nothing_and_the_next_one_goes_through(
    ledger: Ledger, url: str, postgres: Server
) -> None:
    async def cut() -> None:
        assert postgres.cut(url) > 0

    with pytest.raises(NotStored) as raised:
        await store_amid(ledger, cut, "lost", "too late")

    await store(ledger, "next")
    assert not isinstance(raised.value, MaybeStored)
    assert await keys(ledger) == ["next"]


async def test_one_that_stands_still_inside_a_transaction_is_ended_and_others_go_on(ledger: Ledger, url: str) -> None:
    async with ledger_with(url, idle=1.0) as paused:
        with pytest.raises(NotStored) as raised:  # the other one waits until the server ends the one that does nothing
            await store_amid(paused, lambda: store(ledger, "other"), "paused")

        await store(paused, "awake")

    assert not isinstance(raised.value, MaybeStored)
    assert await keys(ledger) == ["awake", "other"]


@pytest.mark.parametrize(("message", "there"), [(Cut.COMMIT, []), (Cut.COMMITTED, ["k"])], ids=["before", "after"])
async def test_a_connection_lost_at_the_commit_is_maybe_stored(
    relayed: tuple[Relay, Ledger], ledger: Ledger, message: Cut, there: list[str]
) -> None:
    relay, near = relayed
    relay.cut = message

    with pytest.raises(MaybeStored):
        await store(near, "k")

    assert relay.cut is None
    assert await keys(ledger) == there
    await store(near, "z")
    assert await keys(ledger) == [*there, "z"]


@pytest.mark.parametrize(("message", "there"), [(Cut.COMMIT, []), (Cut.COMMITTED, ["k"])], ids=["before", "after"])
async def test_a_wire_that_goes_silent_at_the_commit_is_maybe_stored(
    relayed: tuple[Relay, Ledger], ledger: Ledger, message: Cut, there: list[str]
) -> None:
    relay, near = relayed
    relay.swallows = message

    async with asyncio.timeout(ENOUGH):
        with pytest.raises(MaybeStored):
            await store(near, "k")

    assert relay.silent
    relay.heal()
    await store(near, "z")
    assert await keys(ledger) == [*there, "z"]


async def test_a_wire_that_goes_silent_mid_transaction_is_not_stored(
    relayed: tuple[Relay, Ledger], ledger: Ledger
) -> None:
    relay, near = relayed

    async def falls_silent() -> None:
        relay.silent = True

    async with asyncio.timeout(ENOUGH):
        with pytest.raises(NotStored) as raised:
            await store_amid(near, falls_silent, "k", "l")

    relay.heal()
    await store(near, "z")
    assert not isinstance(raised.value, MaybeStored)
    assert await keys(ledger) == ["z"]


async def test_as_many_silent_connections_as_there_are_hold_nobody_for_ever(relayed: tuple[Relay, Ledger]) -> None:
    relay, near = relayed
    all_in = asyncio.Barrier(POOL + 1)

    async def reads() -> None:
        async with near.reading() as book:
            await all_in.wait()
            await all_in.wait()
            await book.connection.exec_driver_sql("SELECT 1")

    async with asyncio.timeout(ENOUGH), asyncio.TaskGroup() as group:
        holding = [group.create_task(told(reads())) for _ in range(POOL)]
        await all_in.wait()
        relay.silent = True
        waiting = [group.create_task(told(near.ping())) for _ in range(POOL)]
        await all_in.wait()

    assert [task.result() for task in (*holding, *waiting)] == ["NotStored"] * POOL * 2
    relay.heal()
    await near.ping()


async def test_a_server_that_stops_and_starts_again_needs_no_new_ledger(own_postgres: OwnServer) -> None:
    with fresh_database(own_postgres) as url:
        await migrate(url)
        async with ledger_with(url) as ledger:
            await store(ledger, "before")
            own_postgres.stop()
            with pytest.raises(NotStored):
                await store(ledger, "meanwhile")
            with pytest.raises(NotStored):
                await ledger.ping()
            own_postgres.start()
            await store(ledger, "after")

            assert await keys(ledger) == ["after", "before"]


def test_no_bound_cuts_off_what_the_server_may_still_answer() -> None:
    assert STATEMENT_SECONDS < ANSWER_SECONDS

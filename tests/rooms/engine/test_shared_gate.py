"""The cloud's rate, kept by several replicas together; on PostgreSQL, where there are several."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest
from sqlalchemy import select

from bot.engine.gate import SharedGate
from bot.engine.standing import FRESH_SECONDS, Standing
from bot.store import pace
from bot.store.ledger import Ledger, NotStored
from bot.store.tables import paces
from tests.rooms.clock import Time
from tests.rooms.store.ledgers import opened, rows

GAP = 30.0  # seconds; no test lasts as long, so that every moment reserved lies ahead


@pytest.fixture
def url(migrated_postgres: str) -> str:
    return migrated_postgres


@pytest.fixture
async def crew(url: str) -> AsyncIterator[list[Ledger]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(opened(url)) for _ in range(3)]


async def reserved(ledger: Ledger, *, action: str = "A", gap: float = GAP) -> float:
    async with ledger.aside() as book:
        return await pace.reserve(book, action, gap=gap)


async def test_moments_that_replicas_reserve_keep_their_distance(crew: list[Ledger]) -> None:
    waits = sorted(await asyncio.gather(*(reserved(one, gap=8.0) for one in crew for _ in range(2))))

    assert waits[0] == 0.0
    assert all(later - sooner > 8.0 / 2 for sooner, later in pairwise(waits))  # less what passed between two looks


async def test_actions_do_not_wait_for_each_other(crew: list[Ledger]) -> None:
    waits = [await reserved(crew[0], action=action) for action in ("A", "B", "C")]

    assert waits == [0.0, 0.0, 0.0]


async def test_a_database_clock_that_was_set_back_holds_nobody_up(crew: list[Ledger]) -> None:
    await reserved(crew[0], gap=1.0)
    async with crew[0].aside() as book:
        await book.connection.execute(paces.update().values(next_at=paces.c.next_at + 3600.0))

    assert await reserved(crew[1], gap=1.0) == 0.0


async def test_a_long_queue_at_a_low_rate_keeps_its_distance(crew: list[Ledger]) -> None:
    moments: list[float] = []
    async with crew[0].aside() as book:
        for _ in range(70):
            await pace.reserve(book, "A", gap=1.0)
            moments.append((await book.connection.execute(select(paces.c.next_at))).scalar_one())

    assert all(later - sooner > 1.0 - 1e-3 for sooner, later in pairwise(moments))


async def test_a_gate_waits_for_its_moment(crew: list[Ledger]) -> None:
    time = Time()
    standing = Standing(crew[0], time, replica="me", alone=False)
    gate = SharedGate(crew[0], standing, time, rate=1 / GAP)

    await gate.turn("A")
    at_once = time.passed
    await gate.turn("A")

    assert at_once == 0.0
    assert time.passed == pytest.approx(GAP, abs=GAP / 2)
    assert [row["action"] for row in await rows(crew[0], paces)] == ["A"]


async def test_no_other_writer_is_waited_for(crew: list[Ledger]) -> None:
    async with crew[0].writing():
        assert await reserved(crew[1]) == 0.0


async def test_only_a_fresh_replica_may_write(crew: list[Ledger]) -> None:
    time = Time()
    standing = Standing(crew[0], time, replica="me", alone=False)
    gate = SharedGate(crew[0], standing, time, rate=20.0)
    await standing.join()
    before = gate.may_write()
    time.passed += FRESH_SECONDS

    assert (before, gate.may_write()) == (True, False)


async def test_whose_turn_it_is_can_not_be_told_while_the_database_is_away() -> None:
    time = Time()
    async with opened("postgresql://postgres@127.0.0.1:9/none") as away:
        gate = SharedGate(away, Standing(away, time, replica="me", alone=False), time, rate=20.0)
        with pytest.raises(NotStored):
            await gate.turn("A")

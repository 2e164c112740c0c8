"""Replicas that watch each other, on clocks that a test owns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from bot.engine.standing import BEAT_SECONDS, COUNTED_MOST, DEAD_SECONDS, FRESH_SECONDS, Standing
from bot.store import replicas, tables
from bot.store.ledger import Fenced, Ledger, NotStored
from tests.rooms.clock import Time
from tests.rooms.store.ledgers import kinds, opened, rows


@dataclass
class Crew:
    """Replicas of one database, each with a ledger of its own."""

    url: str
    time: Time
    stack: AsyncExitStack

    async def member(self, name: str, *, alone: bool = False) -> Standing:
        ledger = await self.stack.enter_async_context(opened(self.url))
        standing = Standing(ledger, self.time, replica=name, alone=alone)
        await standing.join()
        return standing

    async def passes(self, seconds: float, *well: Standing) -> None:
        """Let time pass while those who are ``well`` beat."""
        until = self.time.passed + seconds
        while self.time.passed < until:
            await self.time.sleep(BEAT_SECONDS)
            for one in well:
                await one.beat()


@pytest.fixture
async def crew(url: str) -> AsyncIterator[Crew]:
    async with AsyncExitStack() as stack:
        yield Crew(url, Time(), stack)


async def test_those_who_beat_live_and_the_oldest_leads(crew: Crew) -> None:
    first, second = await crew.member("first"), await crew.member("second")

    await crew.passes(60.0, first, second)

    assert [first.leads, second.leads] == [True, False]
    assert first.is_fresh()
    assert second.is_fresh()


async def test_one_that_stands_still_is_buried_and_the_next_leads(crew: Crew, ledger: Ledger) -> None:
    first, second = await crew.member("first"), await crew.member("second")
    await crew.passes(3.0, first, second)

    await crew.passes(DEAD_SECONDS - BEAT_SECONDS, second)
    led_early = second.leads
    await crew.passes(BEAT_SECONDS, second)

    assert (led_early, second.leads) == (False, True)
    assert (await kinds(ledger)).count("replica.buried") == 1
    with pytest.raises(Fenced):
        await first.assure()
    assert first.lost.is_set()


async def test_one_that_stood_still_knows_before_anybody_can_have_buried_it(crew: Crew, ledger: Ledger) -> None:
    first, second = await crew.member("first"), await crew.member("second")
    await crew.passes(3.0, first, second)

    while first.is_fresh():
        await crew.passes(BEAT_SECONDS, second)

    assert "replica.buried" not in await kinds(ledger)
    await first.assure()  # not buried yet: it beats, and may act again
    assert first.is_fresh()


async def test_fresh_is_shorter_than_dead_by_more_than_a_beat_takes() -> None:
    assert FRESH_SECONDS < DEAD_SECONDS
    assert BEAT_SECONDS < COUNTED_MOST < FRESH_SECONDS


async def test_time_in_which_the_watcher_was_away_itself_counts_against_nobody(crew: Crew, ledger: Ledger) -> None:
    first, second = await crew.member("first"), await crew.member("second")
    await crew.passes(3.0, first, second)
    crew.time.passed += 3600.0  # the database was away, or the machine asleep, for everybody

    await second.beat()
    await first.beat()

    assert "replica.buried" not in await kinds(ledger)
    assert first.is_fresh()


@pytest.mark.parametrize("jump", [3600.0, -3600.0], ids=["ahead", "back"])
async def test_a_clock_that_is_set_buries_nobody_and_keeps_nobody_alive(
    crew: Crew, ledger: Ledger, jump: float
) -> None:
    first, second = await crew.member("first"), await crew.member("second")
    await crew.passes(3.0, first, second)
    crew.time.jump(jump)
    await crew.passes(3.0, first, second)
    both_fresh = first.is_fresh() and second.is_fresh()
    buried_early = "replica.buried" in await kinds(ledger)
    await crew.passes(DEAD_SECONDS, second)

    assert both_fresh
    assert not buried_early
    assert "replica.buried" in await kinds(ledger)


async def test_whoever_owns_the_database_buries_what_was_there_at_once(crew: Crew, ledger: Ledger) -> None:
    await crew.member("before")

    owner = await crew.member("owner", alone=True)

    assert owner.leads
    async with ledger.reading() as book:
        assert [one.id for one in await replicas.living(book)] == ["owner"]


async def test_one_that_leaves_makes_room_at_once(crew: Crew) -> None:
    first, second = await crew.member("first"), await crew.member("second")

    await first.leave()
    await second.beat()

    assert second.leads
    assert not first.is_fresh()


async def test_a_database_that_is_away_ends_no_standing(crew: Crew, ledger: Ledger) -> None:
    first = await crew.member("first")
    beating = asyncio.create_task(first.run())

    await crew.time.slept(60.0)
    alive = first.is_fresh()
    async with ledger.writing() as book:
        await replicas.bury(book, {"first"}, at=crew.time.now())
    await beating

    assert alive
    assert first.lost.is_set()


async def test_nobody_can_say_who_may_act_while_the_database_is_away(url: str) -> None:
    time = Time()
    async with opened(url) as ledger:
        standing = Standing(ledger, time, replica="first", alone=False)
        await standing.join()
        await standing.assure()
        time.passed += FRESH_SECONDS
        async with opened(url) as other, other.writing(), opened(url, busy_seconds=0.05) as hurried:
            blocked = Standing(hurried, time, replica="first", alone=False)
            with pytest.raises(NotStored):
                await blocked.assure()
        await standing.assure()

    assert standing.is_fresh()


async def test_many_that_ask_at_once_whether_they_may_act_need_one_beat(crew: Crew, ledger: Ledger) -> None:
    one = await crew.member("one")
    [before] = await rows(ledger, tables.replicas)
    crew.time.passed += FRESH_SECONDS

    await asyncio.gather(*(one.assure() for _ in range(5)))

    [after] = await rows(ledger, tables.replicas)
    assert after["beats"] == before["beats"] + 1

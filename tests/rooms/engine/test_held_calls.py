"""A call that this process holds back, since its database is slow or away, is no try to reach the cloud."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from bot.domain.change import Ending
from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.task import Receipt
from bot.engine.doing import Do
from bot.engine.gate import SharedGate
from bot.engine.standing import FRESH_SECONDS, Standing
from bot.engine.story import SENDS_MAX
from bot.store import replicas
from bot.store.ledger import Fenced, Ledger
from bot.store.outbox import Purpose
from bot.store.tables import attempts, posts
from tests.relay import Relay, relaying
from tests.rooms.clock import Time
from tests.rooms.engine.telling import plain, twice
from tests.rooms.engine.ways import Way
from tests.rooms.engine.world import World, world
from tests.rooms.store.ledgers import kinds, opened, rows

TRIES = 3 * SENDS_MAX


@pytest.fixture
def url(migrated_postgres: str) -> str:
    return migrated_postgres


@dataclass
class Troubled(Way):
    """The way to the cloud, with ``trouble`` right before each of the first ``times`` modify calls."""

    trouble: Callable[[], Awaitable[None]]
    times: int = TRIES
    lines: list[str] = field(default_factory=list)  # which step the progress line told at each look

    async def observe(self, load_balancer: str, listener: str) -> Facts:
        found = await rows(self.world.ledger, posts)
        self.lines.extend(row["body"]["step"] for row in found if row["purpose"] == Purpose.PROGRESS)
        return await super().observe(load_balancer, listener)

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        self.times -= 1
        if self.times >= 0:
            await self.trouble()
        return await super().modify(operation, bind_type)


@dataclass
class Replica:
    """One that shares its database with others; its gate comes to the database through ``relay``."""

    made: World
    standing: Standing
    relay: Relay

    async def stands_still(self) -> None:
        """Let as much time pass as a database takes that is too slow."""
        self.made.time.passed += FRESH_SECONDS


@pytest.fixture
async def replica(url: str, ledger: Ledger) -> AsyncIterator[Replica]:
    time = Time()
    standing = Standing(ledger, time, replica="me", alone=False)
    await standing.join()
    async with AsyncExitStack() as stack:
        relay, through = stack.enter_context(relaying(url))
        asked = await stack.enter_async_context(opened(through))
        gate = SharedGate(asked, standing, time, rate=1000.0)
        made = await stack.enter_async_context(world(ledger, time=time, gate=gate))
        yield Replica(made, standing, relay)


async def is_called_once(made: World) -> None:
    """See that the call was made once, and that nobody counts what was held."""
    [mark] = await rows(made.ledger, attempts)
    seen = await kinds(made.ledger)
    assert (mark["number"], mark["answer"], made.calls) == (1, "accepted", 1)
    assert (seen.count("call.about_to"), seen.count("call.held"), seen.count("call.answered")) == (TRIES + 1, TRIES, 1)


@pytest.mark.parametrize("do", [pytest.param(plain, id="once"), pytest.param(twice, id="every step twice")])
async def test_a_call_that_a_slow_database_holds_again_and_again_is_made_when_it_is_well(
    replica: Replica, do: Do
) -> None:
    made = replica.made
    slow = Troubled(made, replica.stands_still)

    ended = await made.ran(await made.approved(), do, slow, place=replica.standing)

    assert (ended.ending, ended.findings["attempts"]) == (Ending.VERIFIED, 1)
    await is_called_once(made)


async def test_a_call_whose_turn_nobody_can_tell_is_made_when_the_database_is_back(replica: Replica) -> None:
    made, relay = replica.made, replica.relay

    async def go_away() -> None:
        relay.refuses = True
        relay.heal()  # what is open ends

    away = Troubled(made, go_away, times=1)
    change = await made.approved()
    made.time.after(0.5, lambda: setattr(relay, "refuses", False))  # while the call is held

    ended = await made.ran(change, cloud=away, place=replica.standing)

    assert (ended.ending, ended.findings["attempts"]) == (Ending.VERIFIED, 1)
    assert (await kinds(made.ledger)).count("call.held") == 1


async def test_people_see_that_a_held_call_waits_for_the_database(replica: Replica) -> None:
    made = replica.made
    slow = Troubled(made, replica.stands_still, times=1)

    await made.ran(await made.approved(), cloud=slow, place=replica.standing)

    assert slow.lines[:2] == ["checking", "held"]


async def test_facts_that_moved_while_a_call_was_held_are_asked_about(replica: Replica) -> None:
    made = replica.made

    async def slow_and_moved() -> None:
        await replica.stands_still()
        made.drift(probe_port=8999)

    ended = await made.ran(await made.approved(), cloud=Troubled(made, slow_and_moved, times=1), place=replica.standing)

    assert (made.calls, await rows(made.ledger, attempts)) == (0, [])
    assert ended.version == 2


async def test_one_that_is_buried_while_its_call_is_held_does_nothing_more(replica: Replica) -> None:
    made = replica.made

    async def buried() -> None:
        await replica.stands_still()
        async with made.ledger.writing() as book:
            await replicas.bury(book, {"me"}, at=made.time.now())

    with pytest.raises(Fenced):
        await made.ran(await made.approved(), cloud=Troubled(made, buried, times=1), place=replica.standing)

    [mark] = await rows(made.ledger, attempts)
    assert (mark["answer"], made.calls) == (None, 0)  # to be settled by reading, by who goes on with it

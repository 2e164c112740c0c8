"""The database goes away in the middle of everything, and comes back: nobody starts a bot anew."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from time import monotonic

import httpx
import psycopg
import pytest
import pytest_asyncio

from bot.life import REPLACED
from bot.sandbox.world import Running, World, world
from bot.slack.cards import APPROVE
from tests.postgres import OwnServer, fresh_database
from tests.relay import relaying
from tests.story.away import AGAIN, MAYBE_STORED, NOT_STORED, approve_at_last, everybody_is_told, happened_once
from tests.story.backends import Backend, backends, write_seed
from tests.story.backstage import Backstage
from tests.story.cloud_side import MODIFY, POLL, READ
from tests.story.conftest import setting
from tests.story.crew import Crew, SharedRecord
from tests.story.stage import Message
from tests.story.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

AWAY_SECONDS = 30.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Run a world whose bots share a PostgreSQL."""
    folder = tmp_path_factory.mktemp("away")
    async with world(folder, seed=write_seed(folder)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def crew(
    shared: World, http: httpx.AsyncClient, numbers: Iterator[int], own_postgres: OwnServer
) -> AsyncIterator[Crew]:
    """Set a stage whose bots share a database of a server that the story may stop."""
    with fresh_database(own_postgres) as url:
        made = setting(shared, http, next(numbers)) | {"record": SharedRecord(Path(), url)}
        opened = Crew(**made, world=shared, url_of_database=url)
        await opened.open()
        yield opened
        await opened.leave()
        await opened.reset()


async def both_live(crew: Crew, bots: list[Running]) -> None:
    """See that the processes that were started first still are the ones that work."""
    await crew.replicas(living=len(bots))
    assert crew.record.rows("SELECT count(*) FROM replicas") == [(len(bots),)]
    assert [bot.process.returncode for bot in bots] == [None] * len(bots)


@pytest.mark.parametrize("moment", [READ, MODIFY, POLL])
async def test_a_server_that_stops_under_load_and_comes_back_loses_and_doubles_nothing(
    crew: Crew, own_postgres: OwnServer, moment: str
) -> None:
    backends = (crew.backend, *crew.siblings)
    bots = await crew.bots(count=2)
    cards = [await crew.asks(8123, backend=one) for one in backends]
    await crew.cloud.fault(moment, "hold_before")
    for card in cards[:2]:  # one runs, one waits in line
        await crew.presses("bob", card, APPROVE)
    await crew.cloud.until_held()
    await asyncio.to_thread(own_postgres.stop)
    await crew.cloud.release()
    more = await everybody_is_told(crew, cards[2], crew.backend)
    await asyncio.to_thread(own_postgres.start)
    await approve_at_last(crew, cards[2])

    for card, backend in zip(cards, backends, strict=True):
        await happened_once(crew, card, backend)
    assert 3 <= crew.record.changes_on(crew.backend.load_balancer) <= 3 + more
    await both_live(crew, bots)


async def people_go_on(crew: Crew, card: Message, elsewhere: Backend, *, seconds: float) -> int:
    """Let two people type and press again and again until so much time is over, and see that each try is answered.

    Return how many of the commands may be stored all the same.
    """
    over, tries = monotonic() + seconds, 0

    async def answers(who: str) -> list[str]:
        return [one for one in await crew.seen_by(who) if one in {NOT_STORED, MAYBE_STORED}]

    async def done() -> bool:
        nonlocal tries
        if not all([len(await answers(who)) == tries for who in ("gustav", "carla")]):
            return False
        if monotonic() >= over:
            return True
        tries += 1
        await crew.types("gustav", elsewhere.command(8200))
        await crew.presses("carla", card, APPROVE)
        return False

    await until(f"{seconds} s, and an answer to everybody", done, seconds=3 * seconds)
    assert tries > 1
    assert NOT_STORED in await answers("gustav")
    return (await answers("gustav")).count(MAYBE_STORED)


async def test_a_server_that_is_away_for_half_a_minute_under_load_loses_and_doubles_nothing(
    crew: Crew, own_postgres: OwnServer, numbers: Iterator[int]
) -> None:
    polling, calling, clicked, elsewhere = (backends(next(numbers))[0] for _ in range(4))
    reading, waiting = crew.backend, crew.siblings[0]
    bots = await crew.bots(count=2)
    cards = {one: await crew.asks(8123, backend=one) for one in (polling, calling, reading, waiting, clicked)}
    for held, (moment, backend) in enumerate([(POLL, polling), (MODIFY, calling), (READ, reading)], start=1):
        await crew.cloud.fault(moment, "hold_before")
        await crew.presses("bob", cards[backend], APPROVE)
        await crew.cloud.until_held(held)
    await crew.presses("bob", cards[waiting], APPROVE)
    await crew.recorded(cards[waiting], "step.waiting")
    await asyncio.to_thread(own_postgres.stop)
    await crew.cloud.release()
    more = await people_go_on(crew, cards[clicked], elsewhere, seconds=AWAY_SECONDS)
    await asyncio.to_thread(own_postgres.start)
    await approve_at_last(crew, cards[clicked])

    for backend, card in cards.items():
        await happened_once(crew, card, backend)
    assert 0 <= crew.record.changes_on(elsewhere.load_balancer) <= min(more, 1)
    await both_live(crew, bots)


async def test_connections_that_are_cut_again_and_again_lose_and_double_nothing(
    crew: Crew, own_postgres: OwnServer
) -> None:
    backends = (crew.backend, *crew.siblings)
    bots = await crew.bots(count=2)
    cards = [await crew.asks(8123, backend=one) for one in backends]
    looks = count()

    def cut() -> None:
        own_postgres.cut(crew.url_of_database)

    async def ended() -> bool:
        if next(looks) % AGAIN == 0:
            cut()
        return all([await crew.thread(card) == ["progress", "result"] for card in cards])

    for card in cards:
        await approve_at_last(crew, card, cut)
    await until("every result", ended, seconds=150.0)

    for card, backend in zip(cards, backends, strict=True):
        await happened_once(crew, card, backend)
    await both_live(crew, bots)


@pytest.mark.parametrize("moment", [READ, MODIFY, POLL])
async def test_a_full_disk_under_sqlite_loses_and_doubles_nothing(backstage: Backstage, moment: str) -> None:
    bot = await backstage.bot()
    card, other = await backstage.asks(8123), await backstage.asks(8123, backend=backstage.siblings[0])
    await backstage.cloud.fault(moment, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    prlimit(bot.process.pid, RLIMIT_FSIZE, (0, RLIM_INFINITY))  # every write fails, as on a disk that is full
    await backstage.cloud.release()
    more = await everybody_is_told(backstage, other, backstage.siblings[1])
    prlimit(bot.process.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
    await approve_at_last(backstage, other)

    await happened_once(backstage, card, backstage.backend)
    await happened_once(backstage, other, backstage.siblings[0])
    assert 2 <= backstage.record.changes_on(backstage.backend.load_balancer) <= 2 + more
    assert bot.process.returncode is None


async def test_a_file_that_another_process_locks_loses_and_doubles_nothing(backstage: Backstage) -> None:
    bot = await backstage.bot()
    card, other = await backstage.asks(8123), await backstage.asks(8123, backend=backstage.siblings[0])
    await backstage.cloud.fault(POLL, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    with closing(sqlite3.connect(backstage.record.path, isolation_level=None, timeout=30)) as backup:
        backup.execute("BEGIN IMMEDIATE")
        await backstage.cloud.release()
        more = await everybody_is_told(backstage, other, backstage.siblings[1])
    await approve_at_last(backstage, other)

    await happened_once(backstage, card, backstage.backend)
    await happened_once(backstage, other, backstage.siblings[0])
    assert 2 <= backstage.record.changes_on(backstage.backend.load_balancer) <= 2 + more
    assert bot.process.returncode is None


async def test_one_that_was_replaced_can_be_stopped_while_it_waits_for_the_database(crew: Crew) -> None:
    with relaying(crew.url_of_database) as (relay, through):
        bot = await crew.bot(COUNTERSIGN_DATABASE_URL=through)
        relay.refuses = True  # what is open stays so: it hears that it was buried, and can't begin anew
        with psycopg.connect(crew.url_of_database) as others:
            others.execute("UPDATE replicas SET buried_at = 1")

        async def starts_anew() -> bool:
            log = crew.world.log("countersign")
            return "the database is away; it is tried again" in log[log.rfind(REPLACED) :] and REPLACED in log

        await until("a start that waits", starts_anew)
        code = await bot.stop()

    assert code == 0
    assert "stopped before it was ready" in crew.world.log("countersign")

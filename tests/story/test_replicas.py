"""Several bots on one PostgreSQL: work belongs to none of them."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bot.life import REPLACED
from bot.sandbox.world import World, world
from bot.slack.cards import APPROVE
from tests.postgres import Server, fresh_database
from tests.story.backends import write_seed
from tests.story.cloud_side import MODIFY, POLL, READ
from tests.story.conftest import setting
from tests.story.crew import Crew, SharedRecord, pause, wake
from tests.story.stage import Message, name
from tests.story.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Run a world whose bots share a PostgreSQL."""
    folder = tmp_path_factory.mktemp("shared")
    async with world(folder, seed=write_seed(folder)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def crew(shared: World, http: httpx.AsyncClient, numbers: Iterator[int], postgres: Server) -> AsyncIterator[Crew]:
    """Set a stage whose story brings its own bots, on a database of its own."""
    with fresh_database(postgres) as url:
        made = setting(shared, http, next(numbers)) | {"record": SharedRecord(Path(), url)}
        opened = Crew(**made, world=shared, url_of_database=url)
        await opened.open()
        yield opened
        await opened.leave()
        await opened.reset()


async def must_have_happened_once(crew: Crew, card: Message, port: int = 8123) -> None:
    assert len(await crew.cloud.modify_calls(crew.backend)) == 1
    assert await crew.cloud.probe_port(crew.backend) == port
    assert await crew.thread(card) == ["progress", "result"]
    assert crew.record.state(name(card)) == "SUCCEEDED"
    events = crew.record.events(name(card))
    assert [events.count(kind) for kind in ("change.approve", "call.about_to", "change.succeed")] == [1, 1, 1]


async def test_a_killed_replica_s_run_is_finished_by_another(crew: Crew) -> None:
    bots = await crew.bots(count=3)
    card, holder = await crew.asked_and_held(bots, POLL)
    await bots[holder].kill()
    await crew.cloud.release()
    result = await crew.result(card)

    assert "✅ *verified: probe port is now 8123*" in result
    await must_have_happened_once(crew, card)
    await crew.replicas(living=2)


@pytest.mark.parametrize("moment", [READ, MODIFY, POLL])
async def test_a_replica_that_was_paused_finds_its_run_gone_and_does_nothing_more(crew: Crew, moment: str) -> None:
    bots = await crew.bots(count=2)
    card, holder = await crew.asked_and_held(bots, moment, "hold" if moment == MODIFY else "hold_before")
    pause(bots[holder])
    await crew.cloud.release()
    result = await crew.result(card)
    wake(bots[holder])

    async def anew() -> bool:
        return REPLACED in crew.world.log("countersign")

    await until("the paused replica to start anew", anew)
    await crew.replicas(living=2)
    codes = [await bot.stop() for bot in bots]

    assert codes == [0, 0]
    assert "Traceback" not in crew.world.log("countersign")
    assert "✅ *verified: probe port is now 8123*" in result
    await must_have_happened_once(crew, card)


async def test_a_replica_that_is_told_to_stop_leaves_its_run_to_another(crew: Crew) -> None:
    bots = await crew.bots(count=2)
    card, holder = await crew.asked_and_held(bots, POLL)
    code = await bots[holder].stop()
    await crew.cloud.release()
    result = await crew.result(card)

    assert code == 0
    assert "✅ *verified: probe port is now 8123*" in result
    await must_have_happened_once(crew, card)


async def test_a_dead_holder_of_a_load_balancer_lets_the_next_one_pass(crew: Crew) -> None:
    bots = await crew.bots(count=2)
    first, second = await crew.asks(8123), await crew.asks(8124, backend=crew.siblings[0])
    await crew.cloud.fault(READ, "hold_before")
    await crew.presses("bob", first, APPROVE)
    await crew.cloud.until_held()
    await crew.presses("carla", second, APPROVE)
    waiting = await crew.reply(second, "progress", "waiting for")
    await bots[await crew.holder(f"{name(first)}.1", bots)].kill()
    await crew.cloud.release()
    results = [await crew.result(card) for card in (first, second)]

    assert f"waiting for {name(first)} on {crew.backend.load_balancer}, next in line" in waiting
    assert all("✅ *verified" in result for result in results)
    turns = crew.record.rows(
        "SELECT change, kind FROM events WHERE kind IN ('change.start', 'change.succeed') ORDER BY id"
    )
    assert turns == [(one, kind) for one in (1, 2) for kind in ("change.start", "change.succeed")]


async def test_each_replica_takes_what_people_send_over_http_too(crew: Crew) -> None:
    await crew.bots(count=2, http=True)
    cards = [await crew.asks(8123, backend=one) for one in (crew.backend, *crew.siblings)]
    results = [await crew.approved(card) for card in cards]

    assert all("✅ *verified: probe port is now 8123*" in result for result in results)
    assert len(crew.record.rows("SELECT DISTINCT replica FROM intake")) == 2

"""What the leading replica keeps up: runs of the dead, runs that ended too early, what nobody decided."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import column, table, update

from bot.domain.change import Run, State
from bot.domain.starts import Start
from bot.engine.doing import Do
from bot.engine.durable import Durable
from bot.store import replicas
from bot.store.database import is_sqlite
from bot.store.ledger import Ledger
from bot.upkeep import DROPPED_SECONDS, SWEEP_SECONDS, TEND_SECONDS
from tests.rooms.engine.frozen import by_leads, freeze, lift
from tests.rooms.engine.told import Told, finished, idle, started
from tests.rooms.engine.upkept import approved, kept_up
from tests.rooms.engine.world import World
from tests.rooms.store.ledgers import opened_change


async def test_a_run_of_a_dead_replica_is_adopted_and_one_of_the_living_is_not(
    v2: World, ledger: Ledger, url: str
) -> None:
    told, go_on = Told(), asyncio.Event()

    async def story(run: Run, do: Do) -> None:
        async def first(_number: int) -> None:
            told.say("first")
            await go_on.wait()

        await do(first, run.change)
        told.say("over")

    async with started(url, story, executor="dead") as durable, kept_up(v2, ledger, durable) as upkeep:
        async with ledger.writing() as book:
            await replicas.join(book, "dead", at=v2.time.now())
        await approved(v2, durable)
        await told.until("first")
        await upkeep.tend()
        living = await durable.unfinished()
        async with ledger.writing() as book:
            await replicas.bury(book, {"dead"}, at=v2.time.now())
        await upkeep.tend()
        await told.until("first", times=2)  # the same process takes it up again, as any other would
        go_on.set()
        await told.until("over")

    assert living == {"CR-1.1": "dead"}


async def test_a_run_that_ended_without_ending_its_change_begins_again(v2: World, ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"run {run.change}")

    async with started(url, story) as durable, kept_up(v2, ledger, durable) as upkeep:
        await approved(v2, durable)
        await told.until("run 1")
        await finished(durable)
        await upkeep.sweep(await durable.unfinished())
        after_one_look = list(told.lines)
        await upkeep.sweep(await durable.unfinished())
        await told.until("run 1", times=2)
        await finished(durable)

    assert after_one_look == ["run 1"]


async def test_what_waits_for_its_start_is_not_taken_for_a_run_that_ended_and_begins_in_time(
    v2: World, ledger: Ledger, url: str
) -> None:
    told = Told()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"run {run.change}")

    async with started(url, story) as durable, kept_up(v2, ledger, durable) as upkeep:
        await approved(v2, durable, Start(at=v2.time.now() + 3600.0))
        for _ in range(3):
            await upkeep.sweep(await durable.unfinished())
        before = await durable.unfinished(), list(told.lines)
        v2.time.passed += 3600.0
        await upkeep.sweep(await durable.unfinished())
        await told.until("run 1")
        await finished(durable)

    assert before == ({}, [])
    assert told.lines == ["run 1"]


async def test_what_nobody_decided_expires(v2: World, ledger: Ledger, url: str) -> None:
    async def story(_run: Run, _do: Do) -> None:
        """Do nothing."""

    change = await v2.asked()
    async with started(url, story) as durable, kept_up(v2, ledger, durable) as upkeep:
        keeping = asyncio.create_task(upkeep.run())
        v2.time.passed += 3600.0
        await v2.time.slept(2 * SWEEP_SECONDS)
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping

    assert (await v2.change(change.id)).state is State.EXPIRED


async def test_a_sweep_renews_the_card_of_a_freeze_that_is_over(v2: World, ledger: Ledger, durable: Durable) -> None:
    v2.policy = by_leads()
    await freeze(v2)
    change = await v2.asked()
    await lift(v2)
    async with kept_up(v2, ledger, durable) as upkeep:
        await upkeep.sweep({})

    assert (await v2.change(change.id)).ruled.frozen == ()


async def test_a_run_that_this_replica_claimed_and_dropped_goes_on(v2: World, ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"run {run.change}")

    schema = None if is_sqlite(url) else "dbos"
    async with started(url, story, executor="keeper") as durable, kept_up(v2, ledger, durable) as upkeep:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
            runs = table("workflow_status", column("status"), column("executor_id"), schema=schema)
            claimed = update(runs).values(status="PENDING", executor_id="keeper")
            await book.connection.execute(claimed)  # as a claim whose answer was lost
        await upkeep.tend()
        at_once = list(told.lines)
        v2.time.passed += DROPPED_SECONDS
        await upkeep.tend()
        await told.until("run 1")
        await finished(durable)

    assert at_once == []
    assert told.lines == ["run 1"]


async def test_a_run_that_goes_on_here_is_not_taken_for_dropped(v2: World, ledger: Ledger, url: str) -> None:
    told, go_on = Told(), asyncio.Event()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"run {run.change}")
        await go_on.wait()
        told.say("over")

    async with started(url, story, executor="keeper") as durable, kept_up(v2, ledger, durable) as upkeep:
        await approved(v2, durable)
        await told.until("run 1")
        for _ in range(3):
            await upkeep.tend()
            v2.time.passed += DROPPED_SECONDS
        go_on.set()
        await told.until("over")
        await finished(durable)

    assert told.lines == ["run 1", "over"]


class Counting(Durable):
    """An engine that counts how often it was asked what has not ended."""

    asked = 0

    async def unfinished(self) -> Mapping[str, str]:
        self.asked += 1
        return await super().unfinished()


async def test_the_engine_is_asked_once_in_a_second_in_which_there_is_a_sweep(
    v2: World, ledger: Ledger, url: str
) -> None:
    durable, asked = Counting(url, executor="keeper"), list[int]()
    await durable.start(idle)
    async with kept_up(v2, ledger, durable) as upkeep:
        v2.time.after(TEND_SECONDS / 2, lambda: asked.append(durable.asked))
        keeping = asyncio.create_task(upkeep.run())
        await v2.time.slept(TEND_SECONDS)
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
    await durable.stop()

    assert asked == [1]

"""The durable engine itself, on a real database of each kind beside our own rows."""

import asyncio
import threading
from dataclasses import replace

import pytest

from bot.domain.change import Change, Run
from bot.domain.errors import Refusal
from bot.engine.doing import Do
from bot.engine.durable import Durable
from bot.store.ledger import Ledger, NotStored
from bot.store.tables import changes
from tests.rooms.engine.told import Told, finished, idle, started
from tests.rooms.store.ledgers import ELSEWHERE, FAR, opened_change, rows
from tests.unit.slack.making import CHANGE


async def test_a_run_exists_if_and_only_if_the_transaction_commits(ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, do: Do) -> None:
        async def step(number: int) -> int:
            told.say(f"step {number}")
            return number + 1

        told.say(f"got {await do(step, run.change)}")

    async def failing(durable: Durable) -> None:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
            raise Refusal

    async with started(url, story) as durable:
        with pytest.raises(Refusal):
            await failing(durable)
        rolled_back = await durable.unfinished()
        async with ledger.writing() as book:
            change = await opened_change(book)
            await durable.enqueue(book, change)
            await durable.enqueue(book, change)
        await told.until("got 2")
        await finished(durable)

    assert rolled_back == {}
    assert told.lines == ["step 1", "got 2"]
    assert len(await rows(ledger, changes)) == 1


async def test_another_edition_of_the_change_is_another_run(ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"run {run.change} {len(told.lines)}")

    async with started(url, story) as durable:
        async with ledger.writing() as book:
            change = await opened_change(book)
            await durable.enqueue(book, change)
            await durable.enqueue(book, replace(change, version=2))
        await told.until("run 1 1")
        await finished(durable)

    assert told.lines == ["run 1 0", "run 1 1"]


async def test_no_run_waits_for_another_here(ledger: Ledger, url: str) -> None:
    told, release = Told(), asyncio.Event()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"begin {run.change}")
        if run.change == 1:
            await release.wait()
        told.say(f"end {run.change}")

    async with started(url, story) as durable:
        async with ledger.writing() as book:
            for operation in (CHANGE.operation, ELSEWHERE, FAR):
                await durable.enqueue(book, await opened_change(book, operation, key=operation.host))
        await told.until("begin 1")
        await told.until("end 2")
        await told.until("end 3")
        release.set()
        await told.until("end 1")
        await finished(durable)

    assert sorted(told.lines) == sorted(f"{what} {run}" for what in ("begin", "end") for run in (1, 2, 3))


async def test_a_step_waits_while_the_database_is_away(ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, do: Do) -> None:
        async def shy(_number: int) -> str:
            told.say("tried")
            if told.lines.count("tried") == 1:
                raise NotStored
            return "stored"

        told.say(await do(shy, run.change))

    async with started(url, story) as durable:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
        await told.until("stored")
        await finished(durable)

    assert told.lines == ["tried", "tried", "stored"]


async def test_other_work_can_use_threads_while_the_engine_runs_and_after_it_stopped(url: str) -> None:
    async with started(url, idle) as durable:
        await durable.unfinished()
        during = await asyncio.to_thread(lambda: "during")
    after = await asyncio.to_thread(lambda: "after")

    assert (during, after) == ("during", "after")


def test_no_thread_is_left_once_it_stopped(url: str) -> None:
    before = set(threading.enumerate())

    async def once() -> None:
        async with started(url, idle) as durable:
            await durable.unfinished()

    for _ in range(2):
        asyncio.run(once())

    assert set(threading.enumerate()) - before == set()


async def test_nothing_can_be_enqueued_before_the_start(ledger: Ledger, url: str) -> None:
    durable = Durable(url, executor="me")

    async def enqueue(change: Change) -> None:
        async with ledger.writing() as book:
            await durable.enqueue(book, change)

    with pytest.raises(RuntimeError, match="not started"):
        await enqueue(CHANGE)

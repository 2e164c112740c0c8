"""The durable engine itself, on a real SQLite file beside our own rows."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.domain.change import Change, Run
from bot.domain.errors import Refusal
from bot.engine.durable import Do, Durable, Story
from bot.store.ledger import Ledger, NotStored
from bot.store.tables import changes
from tests.rooms.store.ledgers import ELSEWHERE, FAR, database, opened, opened_change, rows
from tests.unit.slack.making import CHANGE


@dataclass
class Told:
    """What a story did, in its order, and whoever waits for it."""

    lines: list[str] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, line: str) -> None:
        while line not in self.lines:
            self._more.clear()
            await self._more.wait()


@asynccontextmanager
async def started(url: str, story: Story) -> AsyncIterator[Durable]:
    durable = Durable(url)
    await durable.start(story)
    try:
        yield durable
    finally:
        await durable.stop()


async def idle(_run: Run, _do: Do) -> None:
    """Do nothing."""


async def finished(durable: Durable) -> None:
    while await durable.unfinished():
        pass


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


async def test_one_balancer_s_runs_wait_for_each_other_and_another_s_do_not(ledger: Ledger, url: str) -> None:
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
        await told.until("end 3")
        release.set()
        await told.until("end 2")
        await finished(durable)

    assert told.lines.index("begin 2") > told.lines.index("end 1")
    assert told.lines.index("end 3") < told.lines.index("end 1")


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


def _two_steps(told: Told, second: Callable[[int], Awaitable[str]]) -> Story:
    async def first(_number: int) -> str:
        told.say("first")
        return "one"

    async def story(run: Run, do: Do) -> None:
        told.say(f"{await do(first, run.change)} and {await do(second, run.change)}")

    return story


def test_a_run_that_a_stop_cut_off_goes_on_behind_its_last_finished_step(tmp_path: Path) -> None:
    url, lines = database(tmp_path), list[str]()

    async def cut_off() -> None:
        told = Told()

        async def second(_number: int) -> str:
            told.say("second begins")
            await asyncio.Event().wait()
            return "never"

        async with opened(url) as ledger, started(url, _two_steps(told, second)) as durable:
            async with ledger.writing() as book:
                await durable.enqueue(book, await opened_change(book))
            await told.until("second begins")
        lines.extend(told.lines)

    async def goes_on() -> None:
        told = Told()

        async def second(_number: int) -> str:
            return "two"

        async with started(url, _two_steps(told, second)) as durable:
            await told.until("one and two")
            await finished(durable)
        lines.extend(told.lines)

    asyncio.run(cut_off())
    asyncio.run(goes_on())

    assert lines == ["first", "second begins", "one and two"]


async def test_other_work_can_use_threads_while_the_engine_runs_and_after_it_stopped(url: str) -> None:
    async with started(url, idle) as durable:
        await durable.unfinished()
        during = await asyncio.to_thread(lambda: "during")
    after = await asyncio.to_thread(lambda: "after")

    assert (during, after) == ("during", "after")


def test_no_thread_is_left_once_it_stopped(tmp_path: Path) -> None:
    url, before = database(tmp_path), set(threading.enumerate())

    async def once() -> None:
        async with started(url, idle) as durable:
            await durable.unfinished()

    for _ in range(2):
        asyncio.run(once())

    assert set(threading.enumerate()) - before == set()


async def test_nothing_can_be_enqueued_before_the_start(ledger: Ledger, url: str) -> None:
    durable = Durable(url)

    async def enqueue(change: Change) -> None:
        async with ledger.writing() as book:
            await durable.enqueue(book, change)

    with pytest.raises(RuntimeError, match="not started"):
        await enqueue(CHANGE)

"""The durable engine itself, on a real database of each kind beside our own rows."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from bot.domain.change import Change, Run
from bot.domain.errors import Refusal
from bot.engine.durable import Do, Durable, Story
from bot.store import replicas
from bot.store.ledger import Ledger, NotStored
from bot.store.tables import changes
from tests.rooms.store.ledgers import ELSEWHERE, FAR, TURNS, kinds, opened, opened_change, rows
from tests.unit.slack.making import CHANGE, NOW


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
async def started(url: str, story: Story, *, executor: str = "me") -> AsyncIterator[Durable]:
    durable = Durable(url, executor=executor)
    await durable.start(story)
    try:
        yield durable
    finally:
        await durable.stop()


class Ear(logging.Handler):
    """Tells what is logged."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.say(record.getMessage())


@asynccontextmanager
async def heard(logger: str, told: Told) -> AsyncIterator[None]:
    ear = Ear(told)
    logging.getLogger(logger).addHandler(ear)
    yield
    logging.getLogger(logger).removeHandler(ear)


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


def _two_steps(told: Told, second: Callable[[int], Awaitable[str]]) -> Story:
    async def first(_number: int) -> str:
        told.say("first")
        return "one"

    async def story(run: Run, do: Do) -> None:
        told.say(f"{await do(first, run.change)} and {await do(second, run.change)}")

    return story


def test_a_run_that_a_stop_cut_off_is_adopted_behind_its_last_finished_step(url: str) -> None:
    lines = list[str]()

    async def cut_off() -> None:
        told = Told()

        async def second(_number: int) -> str:
            told.say("second begins")
            await asyncio.Event().wait()
            return "never"

        async with opened(url) as ledger, started(url, _two_steps(told, second), executor="first") as durable:
            async with ledger.writing() as book:
                await durable.enqueue(book, await opened_change(book))
            await told.until("second begins")
        lines.extend(told.lines)

    async def goes_on() -> None:
        told = Told()

        async def second(_number: int) -> str:
            return "two"

        async with started(url, _two_steps(told, second), executor="second") as durable:
            runs = await durable.unfinished()
            assert runs == {"CR-1.1": "first"}
            await durable.adopt(runs)
            await told.until("one and two")
            await finished(durable)
        lines.extend(told.lines)

    asyncio.run(cut_off())
    asyncio.run(goes_on())

    assert lines == ["first", "second begins", "one and two"]


async def test_a_run_that_ended_without_ending_its_change_can_begin_again(ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, _do: Do) -> None:
        told.say(f"begin {len(told.lines)} of {run.change}")

    async with started(url, story) as durable:
        async with ledger.writing() as book:
            change = await opened_change(book)
            await durable.enqueue(book, change)
        await told.until("begin 0 of 1")
        await finished(durable)
        async with ledger.writing() as book:
            await durable.enqueue(book, change, again="x")
        await told.until("begin 1 of 1")
        await finished(durable)


async def test_a_step_of_a_buried_replica_does_nothing_more(ledger: Ledger, url: str) -> None:
    told = Told()

    async def story(run: Run, do: Do) -> None:
        async def writes(_number: int) -> None:
            told.say("tries")
            async with ledger.writing() as book:
                await book.record("me", "written", at=NOW)

        await do(writes, run.change)
        told.say("went on")

    async with started(url, story) as durable, heard("bot.engine.durable", told):
        await ledger.enlist("me", at=NOW)
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
            await replicas.bury(book, {"me"}, at=NOW)
        await told.until("writes goes on elsewhere")
        for _ in range(TURNS):
            await asyncio.sleep(0)

    assert told.lines == ["tries", "writes goes on elsewhere"]
    assert "written" not in await kinds(ledger)


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

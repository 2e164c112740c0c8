"""Runs whose process is gone, or no longer theirs."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import pytest

from bot.domain.change import Run
from bot.engine.doing import Do, StepBroke, Story
from bot.store import replicas
from bot.store.ledger import Fenced, Ledger
from tests.rooms.engine.beside import waiting
from tests.rooms.engine.told import Told, finished, heard, idle, started
from tests.rooms.store.ledgers import kinds, opened, opened_change
from tests.unit.slack.making import NOW

TURNS = 500  # of the loop, in which what must not be written would be


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

    async with started(url, story) as durable, heard("bot.engine.doing", told):
        await ledger.enlist("me", at=NOW)
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
            await replicas.bury(book, {"me"}, at=NOW)
        await told.until("writes goes on elsewhere")
        for _ in range(TURNS):
            await asyncio.sleep(0)

    assert told.lines == ["tries", "writes goes on elsewhere"]
    assert "written" not in await kinds(ledger)


async def test_a_statement_that_the_database_refuses_is_a_fault_of_the_step_and_told_to_the_story(
    ledger: Ledger, url: str
) -> None:
    told = Told()

    async def story(run: Run, do: Do) -> None:
        async def wrong(_number: int) -> None:
            async with ledger.writing() as book:
                await book.record("me", "orphan", at=NOW, change=99)

        try:
            await do(wrong, run.change)
        except StepBroke:
            told.say("broke")

    async with started(url, story) as durable:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
        await told.until("broke")
        await finished(durable)


async def test_one_that_was_buried_adopts_nothing(ledger: Ledger, url: str) -> None:
    async with started(url, idle) as durable:
        async with ledger.writing() as book:
            for one in ("me", "another"):
                await replicas.join(book, one, at=NOW)
            await durable.enqueue(book, await opened_change(book))
        await finished(durable)
        async with ledger.writing() as book:
            await replicas.bury(book, {"me"}, at=NOW)
        with pytest.raises(Fenced):
            await durable.adopt(["CR-1.1"], by="me")
        await durable.adopt(["CR-1.1"], by="another")


async def test_nobody_is_buried_in_the_middle_of_an_adoption(migrated_postgres: str) -> None:
    told, go_on = Told(), asyncio.Event()

    async def story(run: Run, do: Do) -> None:
        async def first(_number: int) -> None:
            told.say("first")
            await go_on.wait()

        await do(first, run.change)

    async def bury(ledger: Ledger) -> None:
        async with ledger.writing() as book:
            await replicas.bury(book, {"me"}, at=NOW)

    async with opened(migrated_postgres) as ledger, started(migrated_postgres, story, executor="dead") as durable:
        async with ledger.writing() as book:
            await replicas.join(book, "me", at=NOW)
            await durable.enqueue(book, await opened_change(book))
        await told.until("first")
        async with await psycopg.AsyncConnection.connect(migrated_postgres) as other:
            await other.execute("SELECT * FROM dbos.workflow_status FOR UPDATE")
            adopting = asyncio.create_task(durable.adopt(["CR-1.1"], by="me"))
            await waiting(migrated_postgres, 1)
            burying = asyncio.create_task(bury(ledger))
            await waiting(migrated_postgres, 2)
            early = adopting.done() or burying.done()
        await adopting
        await burying
        go_on.set()
        await finished(durable)

    assert not early

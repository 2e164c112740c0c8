"""A PostgreSQL is dumped and restored as docs/operations.md says, and work goes on in the copy."""

import asyncio
import subprocess
from pathlib import Path

from bot.domain.change import Run
from bot.engine.doing import Do, Story
from bot.store.migrate import migrate, revisions
from tests.postgres import OwnServer
from tests.rooms.engine.told import Told, finished, started
from tests.rooms.store.ledgers import FAR, NEWEST, opened, opened_change


def _story(told: Told, *, waits: bool) -> Story:
    async def first(_number: int) -> None:
        told.say("first")

    async def second(_number: int) -> None:
        told.say("second")
        if waits:
            await asyncio.get_running_loop().create_future()

    async def story(run: Run, do: Do) -> None:
        await do(first, run.change)
        await do(second, run.change)
        told.say("ended")

    return story


def test_a_dump_made_during_a_run_is_restored_and_the_run_goes_on(own_postgres: OwnServer, tmp_path: Path) -> None:
    live, copy, file = own_postgres.fresh(), own_postgres.fresh(), str(tmp_path / "backup")

    async def dumped() -> None:
        told = Told()
        await migrate(live)
        async with opened(live) as ledger, started(live, _story(told, waits=True), executor="before") as durable:
            async with ledger.writing() as book:
                await durable.enqueue(book, await opened_change(book))
            await told.until("second")
            command = [own_postgres.program("pg_dump"), "--format=custom", "--file", file, live]
            await asyncio.to_thread(subprocess.run, command, check=True)

    async def restored() -> tuple[list[str], str]:
        told = Told()
        command = [own_postgres.program("pg_restore"), "--exit-on-error", "--dbname", copy, file]
        await asyncio.to_thread(subprocess.run, command, check=True)
        async with opened(copy) as ledger, started(copy, _story(told, waits=False), executor="after") as durable:
            await durable.adopt(await durable.unfinished())
            await told.until("ended")
            await finished(durable)
            async with ledger.writing() as book:
                change = await opened_change(book, FAR, key="k2")
        return told.lines, change.name

    asyncio.run(dumped())
    lines, name = asyncio.run(restored())

    assert lines == ["second", "ended"]
    assert name == "CR-2"
    assert asyncio.run(revisions(copy)) == (NEWEST, NEWEST)

"""A story of a few steps whose database has trouble in the middle of one."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.domain.change import Run
from bot.engine.doing import Do, Story
from bot.store.database import open_database
from bot.store.ledger import Ledger
from tests.rooms.engine.told import Told, finished, started
from tests.rooms.store.ledgers import opened_change

ENOUGH = 90.0  # seconds in which everything here ends on a slow machine
STEPS = 4
EACH_ONCE = [*(f"step {number}" for number in range(STEPS)), "the end"]


def in_trouble(told: Told, trouble: Callable[[int], Awaitable[None]]) -> Story:
    """Return a story of ``STEPS`` steps; each meets ``trouble`` before its result can be stored."""

    async def step(number: int) -> int:
        told.say(f"step {number}")
        await trouble(number)
        return number + 1

    async def story(_run: Run, do: Do) -> None:
        number = 0
        while number < STEPS:
            number = await do(step, number)
        told.say("the end")

    return story


async def enqueued(url: str, story: Story, told: Told, *, answer_seconds: float = 3.0) -> None:
    """Tell ``story`` as the run of a change to its end."""
    ledger = Ledger(open_database(url))
    async with asyncio.timeout(ENOUGH), started(url, story, answer_seconds=answer_seconds) as durable:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
        await told.until("the end")
        await finished(durable)
    await ledger.close()

"""Two versions of one story, to be told by a process of its own that may be killed.

``python -m tests.rooms.engine.shapes URL EXECUTOR SHAPE HOLD AGAIN`` tells the run of CR-1, which it queues where it
isn't yet, prints one line for each step that really runs, says ``step: held`` and stands still in the step HOLD, and
says how the run ended. AGAIN is what tells this run from an earlier one, as ``Durable.enqueue`` takes it.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from bot.domain.change import Run
from bot.engine.doing import Do, OtherShape
from bot.engine.durable import Durable
from tests.rooms.engine.told import finished
from tests.rooms.store.ledgers import opened

PATCH = "verify-instead-of-check"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def step(name: str, held: str) -> Callable[[int], Awaitable[str]]:
    async def work(_change: int) -> str:
        if name == held:
            say(f"{name}: held")
            await asyncio.get_running_loop().create_future()
        say(name)
        return name

    work.__name__ = name
    return work


async def old(run: Run, do: Do, held: str) -> list[str]:
    return [await do(step(name, held), run.change) for name in ("begin", "check", "end")]


async def new(run: Run, do: Do, held: str) -> list[str]:
    """Tell the newer story: ``check`` has another name, and a step before it."""
    took = [await do(step("begin", held), run.change)]
    middle = ("look", "verify") if await do.patched(PATCH) else ("check",)
    return took + [await do(step(name, held), run.change) for name in (*middle, "end")]


async def unpatched(run: Run, do: Do, held: str) -> list[str]:
    """Tell the newer story as somebody would who knew nothing of patches."""
    return [await do(step(name, held), run.change) for name in ("begin", "look", "verify", "end")]


async def tell(url: str, executor: str, shape: str, held: str, again: str) -> None:
    telling = {"old": old, "new": new, "unpatched": unpatched}[shape]

    async def story(run: Run, do: Do) -> None:
        try:
            took = await telling(run, do, held)
        except OtherShape as other:
            say(f"other shape at {other.step}")
            raise
        say(f"took {' '.join(took)}")

    durable = Durable(url, executor=executor)
    await durable.start(story)
    async with opened(url) as ledger, ledger.writing() as book:
        await durable.enqueue(book, await book.change(1), again=again)
    await durable.adopt([run for run, who in (await durable.unfinished()).items() if who not in {"", executor}])
    await finished(durable)
    await durable.stop()


if __name__ == "__main__":
    asyncio.run(tell(*sys.argv[1:]))

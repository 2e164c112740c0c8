"""An engine that tells a story, and what the story says for a test to wait for."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.domain.change import Run
from bot.engine.doing import Do, Story
from bot.engine.durable import Durable
from bot.store.wire import ANSWER_SECONDS


@dataclass
class Told:
    """What a story did, in its order, and whoever waits for it."""

    lines: list[str] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, line: str) -> None:
        self.lines.append(line)
        self._more.set()

    async def until(self, line: str, *, times: int = 1) -> None:
        while self.lines.count(line) < times:
            await self.more()

    async def more(self) -> None:
        self._more.clear()
        await self._more.wait()


@asynccontextmanager
async def started(
    url: str, story: Story, *, executor: str = "me", answer_seconds: float = ANSWER_SECONDS
) -> AsyncIterator[Durable]:
    durable = Durable(url, executor=executor, answer_seconds=answer_seconds)
    await durable.start(story)
    try:
        yield durable
    finally:
        await durable.stop()


class Ear(logging.Handler):
    """Tells what is logged, in whichever thread."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        self._loop.call_soon_threadsafe(self._told.say, record.getMessage())


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

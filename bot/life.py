"""The bot from its start to its end, in a terminal's words."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from rich.console import Console

from bot import __version__
from bot.config import Settings
from bot.signals import after
from bot.store.ledger import NotStored
from bot.variable import Address
from bot.wiring import SystemClock, running

STOPPING = "stopping: nothing new is taken in; runs go on at the next start, or on another replica"
WENT_AWAY = "the database went away during the start: it is tried again"
AGAIN_SECONDS = 1.0
LEAVE_SECONDS = 20.0  # from the signal, or from being replaced, to the end; most supervisors give 30
REPLACED = "this process stood still and others took over its work: it starts anew"


@dataclass(slots=True)
class Life:
    """One life of the bot, told on ``err``: ``ready`` once it is, ``replaced`` where other replicas took over.

    ``anew`` begins another life instead of this one, in any thread: where this one, replaced, has not left within
    ``leave_seconds``.
    """

    settings: Settings
    http: Address | None
    err: Console
    anew: Callable[[], object] = lambda: None
    leave_seconds: float = LEAVE_SECONDS
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    replaced: asyncio.Event = field(default_factory=asyncio.Event)
    _stop: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def until(self, stop: asyncio.Event) -> None:
        """Run until ``stop``; a start that isn't through yet, because Slack is silent, say, ends there."""
        self._stop = stop
        task, stopping = asyncio.create_task(self._lives(stop)), asyncio.create_task(stop.wait())
        await asyncio.wait([task, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not self.ready.is_set() and task.cancel():
            self.err.print("stopped before it was ready", markup=False)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def leave_to_others(self) -> None:
        """Note that others took over; leaving is then bounded as stopping is."""
        self.replaced.set()
        after(self.leave_seconds, self._begin_anew)

    def _begin_anew(self) -> None:
        if self.starts_anew():
            self.anew()

    def starts_anew(self) -> bool:
        """Say whether another life follows: others took over, and nobody has said stop, not even while it left."""
        return self.replaced.is_set() and not self._stop.is_set()

    async def _lives(self, stop: asyncio.Event) -> None:
        """Live, and begin anew where the database went away during the start."""
        while not stop.is_set():
            try:
                await self._live(stop)
            except NotStored:
                self.err.print(WENT_AWAY, markup=False)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _live(self, stop: asyncio.Event) -> None:
        async with running(self.settings, SystemClock(), http=self.http) as bot:
            self.ready.set()
            if bot.requests:
                self.err.print(f"Slack's requests are taken at {bot.requests}", markup=False)
            self.err.print(f"countersign {__version__} is ready; health at {bot.ops or 'no port'}", markup=False)
            await _first_of(stop, bot.lost)
            if not stop.is_set():
                self.leave_to_others()
            self.err.print(STOPPING if stop.is_set() else REPLACED, markup=False)


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()

"""Socket Mode connections: tickets, at most ten at once, one chosen per envelope (Slack fact sheet, section 8)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.clock import Clock

MOST_SOCKETS = 10
TICKET_SECONDS = 30.0
GRACE_SECONDS = 10.0  # between "warning" and "refresh_requested"
REFRESH_SECONDS = 2.0  # between "refresh_requested" and the end, whatever the app did about it


def farewell(reason: str) -> dict[str, Any]:
    """Return the frame that announces a connection's end."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


@dataclass(slots=True, kw_only=True, eq=False)
class Socket:
    """One connection of the app; ``ready`` once its hello is out."""

    n: int
    write: Callable[[dict[str, Any]], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, frame: dict[str, Any]) -> None:
        """Send ``frame`` after the hello."""
        await self.ready.wait()
        await self.write(frame)


class Tickets:
    """Single-use tickets that open a connection."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._expiry: dict[str, float] = {}

    def issue(self) -> str:
        """Return a ticket that one connection can be opened with, soon."""
        ticket = f"{self._rng.getrandbits(128):032x}"
        self._expiry[ticket] = self._clock.now() + TICKET_SECONDS
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Use ``ticket`` up; return whether it was good."""
        return self._clock.now() <= self._expiry.pop(ticket, float("-inf"))


class Sockets:
    """The app's open connections. With ``rng`` an envelope's socket is drawn, without it they take turns."""

    def __init__(self, clock: Clock, rng: random.Random | None = None) -> None:
        self._clock = clock
        self._rng = rng
        self._open: list[Socket] = []
        self._numbers = count(1)
        self._turn = count()
        self._endings: set[asyncio.Task[None]] = set()
        self._changes = Changes()

    @property
    def open(self) -> list[int]:
        """The numbers of the open connections."""
        return [socket.n for socket in self._open if socket.ready.is_set()]

    @property
    def count(self) -> int:
        """How many connections there are, those still waiting for their hello included."""
        return len(self._open)

    @property
    def full(self) -> bool:
        """Whether one more connection would be one too many."""
        return len(self._open) >= MOST_SOCKETS

    async def wait_for(self, least: int, *, newer_than: int = 0) -> None:
        """Return as soon as ``least`` connections with a number above ``newer_than`` stand."""
        while sum(number > newer_than for number in self.open) < least:
            await self._changes.wait(self._changes.count)

    def join(self, write: Callable[[dict[str, Any]], Awaitable[None]], close: Callable[[], Awaitable[None]]) -> Socket:
        """Add a connection; it gets envelopes once it is ready."""
        socket = Socket(n=next(self._numbers), write=write, close=close)
        self._open.append(socket)
        return socket

    def greeted(self, socket: Socket) -> None:
        """Say that ``socket`` has had its hello."""
        socket.ready.set()
        self._changes.bump()

    def leave(self, socket: Socket) -> None:
        """Forget ``socket``; what still waits to be sent over it is lost."""
        socket.ready.set()
        if socket in self._open:
            self._open.remove(socket)
            self._changes.bump()

    def choose(self) -> Socket | None:
        """Return the connection that gets the next envelope, ``None`` with nobody there."""
        if not self._open:
            return None
        if self._rng is not None:
            return self._rng.choice(self._open)
        return self._open[next(self._turn) % len(self._open)]

    async def disconnect(self, reason: str) -> None:
        """Tell every connection why it is about to end, and really end it when its time is over."""
        for socket in tuple(self._open):
            await socket.send(farewell(reason))
            ending = asyncio.create_task(self._end(socket, reason))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _end(self, socket: Socket, reason: str) -> None:
        if reason == "warning":
            await self._clock.until(self._clock.now() + GRACE_SECONDS)
            if socket in self._open:
                await socket.send(farewell("refresh_requested"))
        if reason != "link_disabled":
            await self._clock.until(self._clock.now() + REFRESH_SECONDS)
        await self.end(socket)

    async def storm(self) -> None:
        """End every connection at once, as when Slack moves its own servers."""
        for socket in tuple(self._open):
            await socket.send(farewell("refresh_requested"))
            await self.end(socket)

    async def end(self, socket: Socket) -> None:
        """Close ``socket``, so that the app can't stay on it."""
        if socket in self._open:
            self.leave(socket)
            await socket.close()

    async def shut(self) -> None:
        """End what is still waiting to end."""
        for ending in tuple(self._endings):
            ending.cancel()
        await asyncio.gather(*self._endings, return_exceptions=True)

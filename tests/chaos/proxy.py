"""A TCP proxy between a bot and what it talks to, which fails in every way that a network can."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST and forgets what was not sent yet
Side = Literal["request", "answer"]


class Way(StrEnum):
    """How the proxy treats what comes: the connections there are and those to come."""

    OPEN = "open"
    REFUSE = "refuse"  # nobody listens, and what stood is reset
    HOLD = "hold"  # everything is taken and kept back, in both directions, until the way changes
    DROP = "drop"  # everything is swallowed; when the way changes, whoever lost something is reset
    DELAY = "delay"  # everything comes ``seconds`` late
    LOSE = "lose"  # requests arrive; their answers are swallowed, and then the connection is reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A trip wire: the ``nth`` time that ``says`` crosses, ``sprung`` is asked whether it may pass.

    ``side`` is ``request`` for the bytes themselves (before they are passed on), ``answer`` for what the other end says
    next. ``by_server`` says that the bytes come from the server. A wire springs once.
    """

    says: bytes
    side: Side
    sprung: Callable[["Proxy"], Awaitable[bool]]
    nth: int = 1
    by_server: bool = False


@dataclass(slots=True, eq=False)
class _Connection:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    awaited: list[Wire] = field(default_factory=list)  # sprung by the next answer
    asked: bool = False  # something was passed on to the server since the way became LOSE

    def reset(self) -> None:
        for writer in (self.client, self.server):
            plain = writer.get_extra_info("socket")
            if plain is not None and not writer.transport.is_closing():
                with contextlib.suppress(OSError):
                    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()


class Proxy:
    """One way to ``host:port``; port 0 is nowhere yet, which ``aim`` mends. It starts ``OPEN``."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._port = socket.socket()  # bound and never listening: nobody else gets the port while nobody listens
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._port.bind(("127.0.0.1", 0))
        self.port: int = self._port.getsockname()[1]
        self.wires: list[Wire] = []
        self._crossed: dict[Wire, int] = {}
        self._way = Way.OPEN
        self._seconds = 0.0
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def aim(self, port: int) -> None:
        """Lead to ``port`` from now on; 0 is nowhere."""
        self._to = (self._to[0], port)

    async def start(self) -> None:
        """Listen on ``port`` of 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, reuse_address=True)

    async def stop(self) -> None:
        """End everything."""
        await self.turn(Way.REFUSE)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._port.close()

    async def turn(self, way: Way, *, seconds: float = 0.0) -> None:
        """Treat everything as ``way`` says from now on; ``seconds`` belong to ``DELAY``."""
        self._way, self._seconds = way, seconds
        if way is Way.LOSE:
            for connection in self._connections:
                connection.asked = False
        if way is Way.REFUSE:
            if self._server is not None:
                self._server.close()
                self._server = None
            self.reset()
        elif self._server is None:
            await self.start()
        self._changed.set()
        self._changed = asyncio.Event()

    def reset(self) -> None:
        """Reset every connection."""
        for connection in tuple(self._connections):
            connection.reset()

    def _accept(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            answers, server = await asyncio.open_connection(*self._to)
        except OSError:
            client.transport.abort()
            return
        connection = _Connection(client, server)
        self._connections.add(connection)
        try:
            await asyncio.gather(
                self._pump(connection, reader, server, by_server=False),
                self._pump(connection, answers, client, by_server=True),
            )
        except OSError:
            pass  # reset by one side: the other learns it
        finally:
            self._connections.discard(connection)
            connection.reset()

    async def _pump(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, by_server: bool
    ) -> None:
        seen = b""
        while chunk := await reader.read(CHUNK):
            seen = seen[-200:] + chunk  # what a wire waits for may come in two pieces
            if not await self._passes(connection, seen, len(chunk), by_server=by_server):
                connection.reset()
                return
            writer.write(chunk)
            await writer.drain()
        await self._held_back()
        if writer.can_write_eof() and not writer.transport.is_closing():
            writer.write_eof()

    async def _passes(self, connection: _Connection, seen: bytes, new: int, *, by_server: bool) -> bool:
        """Say whether the newest ``new`` bytes of ``seen`` are passed on, once it is time."""
        sprung = connection.awaited if by_server else []
        if by_server:
            connection.awaited = []
        for wire in tuple(self.wires):
            if wire.by_server == by_server and self._trips(wire, seen, new):
                (sprung if wire.side == "request" else connection.awaited).append(wire)
        verdicts = [await wire.sprung(self) for wire in sprung]
        if self._way is Way.DROP:
            await self._changed.wait()
            return False
        await self._held_back()
        if self._way is Way.LOSE:
            if by_server:
                return not connection.asked
            connection.asked = True
        return all(verdicts)

    def _trips(self, wire: Wire, seen: bytes, new: int) -> bool:
        """Count ``wire`` if what it waits for ended within the newest bytes; True the time it waited for."""
        if seen.find(wire.says, max(0, len(seen) - new - len(wire.says) + 1)) < 0:
            return False
        self._crossed[wire] = self._crossed.get(wire, 0) + 1
        if self._crossed[wire] < wire.nth:
            return False
        self.wires.remove(wire)
        del self._crossed[wire]
        return True

    async def _held_back(self) -> None:
        while self._way is Way.HOLD:
            await self._changed.wait()
        if self._way is Way.DELAY:
            await asyncio.sleep(self._seconds)

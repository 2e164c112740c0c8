"""A relay before a real PostgreSQL that knows two of its messages: what asks for a commit, and what says it is done.

It has a loop of its own, in a thread, so that it passes bytes on whatever the test's loop is busy with.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sqlalchemy import make_url

COMMIT: Final = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # a Query message, length 11
COMMITTED: Final = b"C\x00\x00\x00\x0bCOMMIT\x00"  # a CommandComplete message
LONGEST = 30  # bytes of what is looked for


class Cut(Enum):
    """Which message never gets through, and takes its connection with it."""

    COMMIT = COMMIT
    COMMITTED = COMMITTED


@dataclass
class Wire:
    """One connection through the relay."""

    ends: tuple[asyncio.StreamWriter, ...]
    carried: bytes = b""  # of what a commit must come behind


class Relay:
    """Passes bytes on until told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._loop = asyncio.new_event_loop()
        self.cut: Cut | None = None  # the next such message; once
        self.late = False  # what is cut off comes to the server after all, once it is to ``arrive``
        self._arrives = asyncio.Event()
        self.swallows: Cut | None = None  # from the next such message on, nothing gets through in either direction
        self.behind = b""  # a commit counts only on a connection that carried this before it
        self.refuses = False  # new connections end at once
        self.silent = False  # every byte is taken, and none passed on
        self.connections = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if task := asyncio.current_task():
            self._serving.add(task)
        self._writers.append(writer)
        try:
            if self.refuses:
                raise ConnectionRefusedError
            far_reader, far_writer = await asyncio.open_connection(*self._server)
        except OSError:
            writer.transport.abort()
            return
        self._writers.append(far_writer)
        wire = Wire((writer, far_writer))
        await asyncio.gather(self._pump(reader, far_writer, wire), self._pump(far_reader, writer, wire))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: Wire) -> None:
        tail = b""
        try:
            while data := await reader.read(65536):
                seen, tail = tail + data, data[-LONGEST:]
                if self.behind in seen:
                    wire.carried = self.behind
                fresh = seen[-len(data) - len(COMMIT) + 1 :]  # whatever is found in here ends in what just came
                if wire.carried == self.behind and self.swallows and self.swallows.value in fresh:
                    self.silent, self.swallows = True, None
                if wire.carried == self.behind and self.cut and self.cut.value in fresh:
                    return await self._cut_off(wire, writer, data)
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            pass  # one end is gone; the other one is told
        finally:
            writer.close()

    async def _cut_off(self, wire: Wire, writer: asyncio.StreamWriter, data: bytes) -> None:
        self.cut = None
        if self.late:
            wire.ends[0].transport.abort()
            await self._arrives.wait()
            writer.write(data)
            return
        for end in wire.ends:
            end.transport.abort()

    def arrive(self) -> None:
        """Let the server have what was cut off ``late``."""
        self._loop.call_soon_threadsafe(self._arrives.set)

    def heal(self) -> None:
        """Pass on what comes over new connections; the old ones end."""
        asyncio.run_coroutine_threadsafe(self._healed(), self._loop).result()

    async def _healed(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        self.silent = False
        self._arrives.set()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _served(self) -> None:
        """Return when nobody is served any more; a connection may just have been made."""
        while left := [task for task in self._serving if not task.done()]:
            self._let_go()
            await asyncio.wait(left, timeout=0.05)

    def run(self, ready: Future[int]) -> None:
        """Serve until ``end``; ``ready`` gets the port."""
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        ready.set_result(int(server.sockets[0].getsockname()[1]))
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._served())
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def relaying(url: str) -> Iterator[tuple[Relay, str]]:
    """Yield a relay before the server of ``url``, and the URL that leads through it."""
    there = make_url(url)
    relay = Relay(there.host or "127.0.0.1", there.port or 5432)
    ready = Future[int]()
    thread = threading.Thread(target=relay.run, args=(ready,))
    thread.start()
    try:
        through = there.set(host="127.0.0.1", port=ready.result()).update_query_dict({"sslmode": "disable"})
        yield relay, through.render_as_string(hide_password=False)
    finally:
        relay.end()
        thread.join()

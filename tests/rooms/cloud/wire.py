"""A raw HTTP server that misbehaves by script and counts what reaches it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import parse_qsl


class Act(Enum):
    DROP = auto()  # read the request, close without an answer
    RESET = auto()  # read the request, reset the connection
    HALF = auto()  # promise more bytes than come, then close
    SILENCE = auto()  # never answer
    ENDLESS = auto()  # answer without end
    GARBAGE = auto()  # answer something that isn't HTTP


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    connection: int
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def action(self) -> str:
        return self.headers.get("x-tc-action") or self.form["Action"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False

    def raw(self) -> bytes:
        headers = {"Content-Length": str(len(self.body)), "Content-Type": "application/json", **self.headers}
        lines = [f"HTTP/1.1 {self.status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


def say(answer: object, **more: object) -> Say:
    return Say(body=json.dumps(answer).encode(), **more)  # type: ignore[arg-type]  # a test's own keyword arguments


Script = Callable[[Arrived], Say | Act]


class Wire:
    """Answers each request with what ``script`` makes of it."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.arrived: list[Arrived] = []
        self.connections = 0
        self.port = 0
        self.reached = asyncio.Event()
        self._over = asyncio.Event()
        self._serving: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v2/index.php"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        if task := asyncio.current_task():
            self._serving.append(task)
        try:
            while await self._one(number, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, which is its right
        finally:
            writer.close()

    async def _one(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.arrived.append(Arrived(connection=number, headers=headers, body=body))
        self.reached.set()
        answer = self.script(self.arrived[-1])
        if isinstance(answer, Say):
            writer.write(answer.raw())
            await writer.drain()
            return not answer.close
        await self._misbehave(answer, writer)
        return False

    async def _misbehave(self, act: Act, writer: asyncio.StreamWriter) -> None:
        if act is Act.RESET:
            writer.transport.abort()
        elif act is Act.HALF:
            writer.write(Say(body=b'{"code": 0, "requ', headers={"Content-Length": "500"}).raw())
            await writer.drain()
        elif act is Act.GARBAGE:
            writer.write(b"220 mail.example.org ESMTP\r\n\r\n")
            await writer.drain()
        elif act is Act.SILENCE:
            await self._over.wait()
        elif act is Act.ENDLESS:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while not self._over.is_set():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0)

    async def end(self) -> None:
        """Let go of everybody. The clients must be closed before."""
        self._over.set()
        await asyncio.gather(*self._serving)


@asynccontextmanager
async def wired(script: Script) -> AsyncIterator[Wire]:
    wire = Wire(script)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield wire
        finally:
            await wire.end()

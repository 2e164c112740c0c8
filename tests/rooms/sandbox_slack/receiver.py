"""An app's request URL without any library's opinion: it keeps what comes and answers what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.serving import serving

PATH = "/slack/events"


@dataclass
class Posted:
    """One request as it came."""

    body: bytes
    headers: dict[str, str]


@dataclass
class Receiver:
    """A running request URL. ``answer`` is what the next requests get; None hangs up instead."""

    url: str = ""
    answer: Response | None = field(default_factory=Response)
    came: list[Posted] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, body: object = None, *, status: int = 200) -> None:
        """Answer with ``body`` from now on: text as text, anything else as JSON."""
        if body is None or isinstance(body, str):
            self.answer = PlainTextResponse(body, status)
        else:
            self.answer = JSONResponse(body, status)

    def holds(self) -> None:
        """Let nothing be answered until ``released``."""
        self.released.clear()

    async def take(self, request: Request) -> Response:
        self.came.append(Posted(await request.body(), dict(request.headers)))
        self.arrived.set()
        await self.released.wait()
        if self.answer is None:
            request.state.hang_up()
            return Response()
        return self.answer


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.released.set()
    app = Starlette(routes=[Route(PATH, receiver.take, methods=["POST"])])
    async with serving(app) as url:
        receiver.url = f"{url}{PATH}"
        yield receiver
        receiver.released.set()

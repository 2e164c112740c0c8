"""The simulated cloud behind real HTTP: API v2, API 3.0 and the control API over one state."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import formatdate
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.cloud.answering import answer
from bot.sandbox.cloud.control import control_routes
from bot.sandbox.cloud.face import Face
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.state import Cloud, Keys
from bot.sandbox.cloud.v2 import V2
from bot.sandbox.cloud.v3 import V3
from bot.sandbox.serving import serving


class _Dated:
    """Adds the Date header by the cloud's own clock, skew included."""

    def __init__(self, app: ASGIApp, now: Callable[[], float]) -> None:
        self._app = app
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Date"] = formatdate(self._now(), usegmt=True)
            await send(message)

        await self._app(scope, receive, dated if scope["type"] == "http" else send)


def build(cloud: Cloud) -> Starlette:
    """Return the app: v2 at ``/v2/index.php``, 3.0 at ``/``, the control API under ``/sandbox``.

    Serve it with ``running``, or with ``bot.sandbox.serving`` and ``date_header=False``.
    """
    return Starlette(
        routes=[
            Route("/v2/index.php", _endpoint(cloud, V2()), methods=["GET", "POST"]),
            Route("/", _endpoint(cloud, V3()), methods=["GET", "POST"]),
            *control_routes(cloud),
        ],
        middleware=[Middleware(_Dated, now=cloud.now)],
    )


def _endpoint(cloud: Cloud, face: Face) -> Callable[[Request], Awaitable[Response]]:
    return partial(answer, cloud, face)


@asynccontextmanager
async def running(cloud: Cloud, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve ``cloud`` while the block runs; yield ``http://HOST:PORT``. What is held then ends without an answer.

    Raises:
        OSError: the address can't be had.
    """
    async with serving(build(cloud), host=host, port=port, date_header=False) as url:
        try:
            yield url
        finally:
            cloud.gate.close()


async def serve(*, port: int, keys: Keys, ready: Callable[[str], None], seed: Path | None = None) -> None:
    """Serve a fresh cloud on this machine until cancelled; ``ready`` gets its address once it answers.

    ``port`` 0 takes a free one; ``seed`` is a TOML file (docs/sandbox-cloud.md), by default the sandbox's own world.

    Raises:
        BadSeed: the seed can't be used.
        OSError: the port can't be had.
    """
    async with running(Cloud(load_seed(seed), keys), port=port) as url:
        ready(url)
        await asyncio.Event().wait()

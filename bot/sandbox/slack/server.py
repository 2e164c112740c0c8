"""The stand-in as one app: Web API, response URLs, Socket Mode, control API and the page."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.serving import serving
from bot.sandbox.slack import page
from bot.sandbox.slack.control import Control
from bot.sandbox.slack.link import Link
from bot.sandbox.slack.people import People
from bot.sandbox.slack.platform import Options, Platform
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.web import Web
from bot.sandbox.slack.workspace import Organisation, Workspace

OWN_NAMES = ("127.0.0.1", "localhost")


class _Origin:
    """Lets the platform know an address of its own, before the app has shown the one that it uses."""

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self._platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._platform.origin:
            self._platform.origin = str(Request(scope).base_url).rstrip("/")
        await self._app(scope, receive, send)


def build(workspace: Workspace, options: Options | None = None) -> Starlette:
    """Return the app over ``workspace``; serve it with ``bot.sandbox.serving``, whose connections can hang up.

    It answers only under this machine's own names, so that no foreign page reaches it by a name of its own.
    """
    platform = Platform(workspace, options or Options())
    people = People(platform)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await platform.sockets.shut()
        await platform.deliveries.shut()
        await platform.requests.shut()

    return Starlette(
        routes=[
            *Web(platform).routes(),
            WebSocketRoute("/link/", Link(platform).connect),
            *Control(platform, people).routes(),
            *page.routes(workspace, people),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(OWN_NAMES)),
            Middleware(_Origin, platform=platform),
        ],
        lifespan=lifespan,
    )


async def serve(
    *,
    port: int,
    ready: Callable[[str], None],
    options: Options | None = None,
    organisation: Organisation | None = None,
) -> None:
    """Serve a fresh workspace on this machine until cancelled; ``ready`` gets its address once it answers.

    ``port`` 0 takes a free one. With an ``organisation`` the app is installed in all of it.

    Raises:
        OSError: the port can't be had.
    """
    async with serving(build(seeded(organisation=organisation), options), port=port) as url:
        ready(url)
        await asyncio.Event().wait()

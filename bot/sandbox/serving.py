"""One way to serve a sandbox app: as everywhere, but its requests can hang up."""

import asyncio
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot import serving as plain


class _Protocol(H11Protocol):
    """HTTP/1.1 whose requests (and WebSockets) can hang up: ``state["hang_up"]()`` drops the connection at once."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base class
        super().connection_made(transport)
        self.app_state = {**self.app_state, "hang_up": transport.abort}


def serving(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    date_header: bool = True,
    ws_ping_interval: float | None = 20.0,
    grace: float = 1.0,
) -> AbstractAsyncContextManager[str]:
    """Serve ``app`` as ``bot.serving.serving`` does, with its arguments and errors; yield ``http://HOST:PORT``.

    Every request's and WebSocket's ``state`` holds ``hang_up``, a function that drops the connection without another
    byte.
    """
    return plain.serving(
        app,
        host=host,
        port=port,
        http=_Protocol,
        date_header=date_header,
        ws_ping_interval=ws_ping_interval,
        grace=grace,
    )

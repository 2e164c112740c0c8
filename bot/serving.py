"""One way to serve an app: over a real socket, in the loop that is running, leaving signals alone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOK_SECONDS = 0.002  # between two looks at whether everybody has left
_ALWAYS: dict[str, Any] = {
    "ws": "websockets-sansio",  # the other one is deprecated by its library
    "log_config": None,  # bot.logs owns logging
    "log_level": "warning",
    "access_log": False,
    "proxy_headers": False,
    "server_header": False,
}


class AppDidNotStart(RuntimeError):
    """The app's own startup failed; the server's log holds its traceback."""


@asynccontextmanager
async def serving(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    http: type[H11Protocol] = H11Protocol,
    date_header: bool = True,
    ws_ping_interval: float | None = 20.0,
    grace: float = 1.0,
) -> AsyncIterator[str]:
    """Serve ``app`` over HTTP/1.1 and WebSocket while the block runs; yield ``http://HOST:PORT``, without a path.

    ``port`` 0 takes a free one. ``http`` is what answers a connection. ``date_header`` False leaves the Date header to
    the app. ``ws_ping_interval`` is in seconds, None for no pings. On leaving the block nothing new is accepted and
    WebSockets are closed; what is still being answered after ``grace`` seconds is cut off. Signals stay with whoever
    owns the process.

    Raises:
        OSError: the address can't be had (``errno.EADDRINUSE`` where another process has it).
        AppDidNotStart: the app's lifespan failed.
    """
    config = Config(
        app,
        http=http,
        ws_ping_interval=ws_ping_interval,
        date_header=date_header,
        **_ALWAYS,
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        # Without it every answer waits some 40 ms for the client's delayed ACK: head and body are two writes.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = await _started(config, listening)
        ticking = asyncio.create_task(server.main_loop())  # renews the Date header once a second
        try:
            yield "http://{}:{}".format(f"[{host}]" if ":" in host else host, listening.getsockname()[1])
        finally:
            ticking.cancel()
            await asyncio.wait([ticking])
            await _stopped(server, grace)


async def _started(config: Config, listening: socket.socket) -> Server:
    config.load()
    server = Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.on_tick(0)  # the headers that every answer has, before the first request
    try:
        await server.startup(sockets=[listening])
    except SystemExit as error:  # how uvicorn says that the app's lifespan failed
        raise AppDidNotStart from error
    return server


async def _stopped(server: Server, grace: float) -> None:
    """Stop as uvicorn does, without its fixed wait of 0.1 s."""
    state = server.server_state
    for listener in server.servers:
        listener.close()
    for connection in list(state.connections):
        connection.shutdown()
    with suppress(TimeoutError):
        async with asyncio.timeout(grace):
            while state.connections or state.tasks:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(LOOK_SECONDS)
    for connection in list(state.connections):
        connection.transport.abort()
    if state.tasks:
        _, deaf = await asyncio.wait(state.tasks, timeout=grace)
        for task in deaf:
            task.cancel()
    await server.lifespan.shutdown()

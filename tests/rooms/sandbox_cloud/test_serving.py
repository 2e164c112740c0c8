"""The server that every sandbox app runs in, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bot.sandbox.serving import serving
from bot.serving import AppDidNotStart


async def hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"hello {request.client.host if request.client else ''}")


class HangUp:
    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        scope["state"]["hang_up"]()
        while (await receive())["type"] != "http.disconnect":
            pass


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


async def drop(socket: WebSocket) -> None:
    await socket.accept()
    socket.state.hang_up()


class Forever:
    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        scope["app"].state.entered.set()
        while (await receive())["type"] != "http.disconnect":
            pass


@pytest.fixture
def app() -> Starlette:
    made = Starlette(
        routes=[
            Route("/hello", hello),
            Route("/hang-up", HangUp()),
            Route("/forever", Forever()),
            WebSocketRoute("/echo", echo),
            WebSocketRoute("/drop", drop),
        ]
    )
    made.state.entered = asyncio.Event()
    return made


async def test_an_app_is_reachable_under_the_yielded_address(app: Starlette) -> None:
    async with serving(app) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/hello", headers={"X-Forwarded-For": "203.0.113.9"})

    assert (answer.status_code, answer.text) == (200, "hello 127.0.0.1")


async def test_an_answer_carries_one_date(app: Starlette) -> None:
    async with serving(app) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/hello")

    (date,) = answer.headers.get_list("date")
    assert abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()) < 60


async def test_an_app_may_write_the_date_itself(app: Starlette) -> None:
    async with serving(app, date_header=False) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/hello")

    assert "date" not in answer.headers


async def test_after_the_block_nothing_listens_and_the_port_is_free(app: Starlette) -> None:
    async with serving(app) as url, httpx.AsyncClient() as client:
        await client.get(f"{url}/hello")
        port = int(url.rsplit(":", 1)[1])

    with socket.create_server(("127.0.0.1", port)) as again:
        assert again.getsockname()[1] == port


async def test_a_taken_port_is_an_os_error(app: Starlette) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with serving(app, port=taken.getsockname()[1]):
            pass


async def test_an_app_can_hang_up_without_an_answer(app: Starlette) -> None:
    async with serving(app) as url, httpx.AsyncClient() as client:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await client.get(f"{url}/hang-up")
        after = await client.get(f"{url}/hello")

    assert after.status_code == 200


async def test_a_websocket_echoes_and_is_closed_when_the_block_ends(app: Starlette) -> None:
    async with serving(app) as url:
        link = await connect(url.replace("http", "ws") + "/echo")
        await link.send("ping")
        answer = await link.recv()

    with pytest.raises(ConnectionClosed):
        await link.recv()
    assert answer == "ping"


async def test_a_websocket_can_hang_up_without_a_close_frame(app: Starlette) -> None:
    async with serving(app) as url, connect(url.replace("http", "ws") + "/drop") as link:
        with pytest.raises(ConnectionClosed) as closed:
            await link.recv()

    assert closed.value.rcvd is None


async def test_an_unfinished_answer_is_cut_when_the_block_ends(app: Starlette) -> None:
    async with httpx.AsyncClient(timeout=60) as client:
        async with serving(app, grace=0) as url:
            waiting = asyncio.create_task(client.get(f"{url}/forever"))
            await app.state.entered.wait()

        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await waiting


async def test_an_app_that_fails_to_start_is_an_error_of_the_caller() -> None:
    @asynccontextmanager
    async def broken(_app: Starlette) -> AsyncIterator[None]:
        raise OSError
        yield

    with pytest.raises(AppDidNotStart):
        async with serving(Starlette(lifespan=broken)):
            pass

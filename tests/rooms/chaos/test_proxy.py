"""The proxy of the chaos suite: each way a network can fail, seen from both ends of a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from tests.chaos.proxy import Proxy, Side, Way, Wire


@dataclass
class Echo:
    """A server that answers every line with the same line, and keeps what it heard."""

    heard: list[bytes] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self.heard.append(line)
                self.news.set()
                writer.write(line)
                await writer.drain()
        except ConnectionError:
            pass  # cut, as many of these tests want it
        finally:
            writer.close()


@dataclass
class Talk:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self, line: bytes) -> None:
        self.writer.write(line)
        await self.writer.drain()

    async def hears(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), 10)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest_asyncio.fixture
async def proxy(echo: Echo) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    opened = Proxy("127.0.0.1", server.sockets[0].getsockname()[1])
    await opened.start()
    yield opened
    await opened.stop()
    server.close()
    await server.wait_closed()


@asynccontextmanager
async def talking(proxy: Proxy) -> AsyncIterator[Talk]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield Talk(reader, writer)
    finally:
        writer.transport.abort()


async def test_open_it_passes_everything_in_order(proxy: Proxy, echo: Echo) -> None:
    async with talking(proxy) as talk:
        for line in (b"one\n", b"two\n"):
            await talk.says(line)
            assert await talk.hears() == line
    assert echo.heard == [b"one\n", b"two\n"]


async def test_refusing_it_resets_what_stood_and_lets_nobody_in_until_it_opens_on_the_same_port(proxy: Proxy) -> None:
    port = proxy.port
    async with talking(proxy) as talk:
        await talk.says(b"one\n")
        assert await talk.hears() == b"one\n"
        await proxy.turn(Way.REFUSE)
        with pytest.raises(ConnectionResetError):
            await talk.hears()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)

    await proxy.turn(Way.OPEN)
    assert proxy.port == port
    async with talking(proxy) as talk:
        await talk.says(b"two\n")
        assert await talk.hears() == b"two\n"


async def test_holding_it_keeps_a_request_and_delivers_it_late_even_if_the_client_has_gone(
    proxy: Proxy, echo: Echo
) -> None:
    await proxy.turn(Way.HOLD)
    async with talking(proxy) as talk:
        await talk.says(b"late\n")
        talk.writer.write_eof()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(talk.reader.readline(), 0.2)
        assert echo.heard == []
    await proxy.turn(Way.OPEN)
    await asyncio.wait_for(echo.news.wait(), 10)
    assert echo.heard == [b"late\n"]


async def test_dropping_it_swallows_a_request_for_good_and_resets_once_it_is_open(proxy: Proxy, echo: Echo) -> None:
    async with talking(proxy) as talk:
        await talk.says(b"before\n")
        assert await talk.hears() == b"before\n"
        await proxy.turn(Way.DROP)
        await talk.says(b"lost\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(talk.reader.readline(), 0.2)
        await proxy.turn(Way.OPEN)
        with pytest.raises(ConnectionResetError):
            await talk.hears()
    async with talking(proxy) as talk:
        await talk.says(b"after\n")
        assert await talk.hears() == b"after\n"
    assert echo.heard == [b"before\n", b"after\n"]


async def test_delaying_it_passes_each_chunk_later(proxy: Proxy) -> None:
    await proxy.turn(Way.DELAY, seconds=0.2)
    loop = asyncio.get_running_loop()
    async with talking(proxy) as talk:
        began = loop.time()
        await talk.says(b"slow\n")
        assert await talk.hears() == b"slow\n"
        assert loop.time() - began >= 0.4  # there and back


async def test_losing_it_delivers_the_request_swallows_the_answer_and_resets(proxy: Proxy, echo: Echo) -> None:
    async with talking(proxy) as talk:
        await talk.says(b"before\n")
        assert await talk.hears() == b"before\n"
        await proxy.turn(Way.LOSE)
        await talk.says(b"done\n")
        with pytest.raises(ConnectionResetError):
            await talk.hears()
    assert echo.heard == [b"before\n", b"done\n"]


@pytest.mark.parametrize(("side", "delivered"), [("request", []), ("answer", [b"boom\n"])])
async def test_a_wire_that_lets_nothing_pass_stops_a_request_or_its_answer(
    proxy: Proxy, echo: Echo, side: Side, delivered: list[bytes]
) -> None:
    async def no(_: Proxy) -> bool:
        return False

    proxy.wires.append(Wire(says=b"boom", side=side, sprung=no))
    async with talking(proxy) as talk:
        await talk.says(b"boom\n")
        with pytest.raises(ConnectionResetError):
            await talk.hears()
    assert echo.heard == delivered
    assert proxy.wires == []


async def test_a_wire_springs_at_the_time_it_counts_to_though_the_words_come_in_two_pieces(proxy: Proxy) -> None:
    sprung: list[str] = []

    async def yes(_: Proxy) -> bool:
        sprung.append("sprung")
        return True

    proxy.wires.append(Wire(says=b"boom", side="request", sprung=yes, nth=2))
    async with talking(proxy) as talk:
        await talk.says(b"boom\n")
        assert await talk.hears() == b"boom\n"
        assert sprung == []
        await talk.says(b"bo")
        await talk.says(b"om\n")
        assert await talk.hears() == b"boom\n"
        assert sprung == ["sprung"]
        await talk.says(b"boom\n")
        assert await talk.hears() == b"boom\n"
    assert sprung == ["sprung"]


async def test_a_wire_for_the_server_hears_the_server(proxy: Proxy, echo: Echo) -> None:
    async def no(_: Proxy) -> bool:
        return False

    proxy.wires.append(Wire(says=b"news", side="request", sprung=no, by_server=True))
    async with talking(proxy) as talk:
        await talk.says(b"news\n")
        with pytest.raises(ConnectionResetError):
            await talk.hears()
    assert echo.heard == [b"news\n"]

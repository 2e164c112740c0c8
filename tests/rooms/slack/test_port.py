"""The port for Slack's requests: when it counts as up, and how it is left."""

import asyncio
from contextlib import suppress

import httpx
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.sandbox.slack.app import App
from bot.slack.http import Port
from bot.variable import Address
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.requests import FORM, command, signature

HELP = command()
LOCAL = Address(host="127.0.0.1", port=0)


async def test_a_port_is_up_while_it_is_served(idle: Edge) -> None:
    port = idle.port()
    seen = [await port.is_up()]
    async with port.up():
        seen.append(await port.is_up())
    seen.append(await port.is_up())

    assert seen == [False, True, False]


async def test_a_port_that_is_taken_is_an_os_error(idle: Edge) -> None:
    port = idle.port()
    async with port.up():
        taken = Address(host="127.0.0.1", port=httpx.URL(port.url).port or 0)
        second = Port(idle.app, App().signing_secret, taken, now=idle.time.now)
        with pytest.raises(OSError, match="in use"):
            async with second.up():
                pass


class Slow:
    """A Bolt app that acknowledges when it is let."""

    def __init__(self) -> None:
        self.began, self.go_on = asyncio.Event(), asyncio.Event()
        self.bolt = AsyncApp(authorize=known, request_verification_enabled=False)
        self.bolt.command("/lb")(self.command)

    async def command(self, ack: AsyncAck) -> None:
        self.began.set()
        await self.go_on.wait()
        await ack("done")


async def known() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0SANDBOX", bot_token=App().bot_token)


async def closed(url: str) -> None:
    """Wait until nobody listens at ``url``."""
    with suppress(ConnectionRefusedError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
            writer.close()


class Leaving:
    """A port with one command under way, which is then left."""

    def __init__(self) -> None:
        self.slow = Slow()
        self._port = Port(self.slow.bolt, "secret", LOCAL, now=lambda: 1000.0)
        self._leave = asyncio.Event()
        self._url: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def serve(self) -> None:
        async with self._port.up():
            self._url.set_result(self._port.url)
            await self._leave.wait()

    async def answer(self) -> httpx.Response:
        signed = {"X-Slack-Request-Timestamp": "1000", "X-Slack-Signature": signature(HELP, "1000", "secret")}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            return await http.post(await self._url, content=HELP, headers={"Content-Type": FORM, **signed})

    async def leave(self) -> None:
        """Leave while the command waits, and wait until nothing new is taken."""
        await self.slow.began.wait()
        self._leave.set()
        await closed(await self._url)


async def test_a_port_that_is_left_takes_nothing_new_and_answers_what_it_took() -> None:
    leaving = Leaving()
    serving, answering = asyncio.create_task(leaving.serve()), asyncio.create_task(leaving.answer())
    await leaving.leave()
    leaving.slow.go_on.set()
    answer = await answering
    await serving

    assert (answer.status_code, answer.text) == (200, "done")


async def test_a_command_that_is_never_acknowledged_does_not_keep_a_port_from_being_left() -> None:
    leaving = Leaving()
    serving, answering = asyncio.create_task(leaving.serve()), asyncio.create_task(leaving.answer())
    await leaving.leave()
    await serving

    assert not leaving.slow.go_on.is_set()
    [ended] = await asyncio.gather(answering, return_exceptions=True)
    assert isinstance(ended, httpx.TransportError) or ended.status_code == httpx.codes.NOT_FOUND  # type: ignore[union-attr]  # or a bug
    leaving.slow.go_on.set()

"""The stand-in as a program of its own: it starts, says where, and stops whatever is still waiting."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from bot.sandbox.slack.server import serve
from tests.rooms.sandbox_slack.stand_in import Bare, Slack


async def test_it_says_where_it_serves_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(serve(port=0, ready=address.set_result))
    url = await address

    async with httpx.AsyncClient(trust_env=False) as http:
        state = await http.get(f"{url}/sandbox/state")
        page = await http.get(url, follow_redirects=True)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert url.startswith("http://127.0.0.1:")
    assert len(state.json()["channels"]) == 4
    assert page.headers["content-type"].startswith("text/html")
    assert capsys.readouterr() == ("", "")


async def test_connections_still_counting_down_do_not_keep_it_from_stopping(slack: Slack, app: Bare) -> None:
    await slack.fault("disconnect", reason="warning")

    # The clock stands still, so the end of this connection never comes: only stopping ends the wait for it.
    assert (await app.frame())["reason"] == "warning"

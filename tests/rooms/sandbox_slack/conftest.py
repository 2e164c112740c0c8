"""The seeded workspace behind a real socket, on a clock that stands still until a test advances it."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest

from bot.sandbox.serving import serving
from bot.sandbox.slack.platform import Options
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.server import build
from bot.sandbox.slack.workspace import Organisation
from tests.rooms.sandbox_slack.receiver import Receiver, receiving
from tests.rooms.sandbox_slack.stand_in import NOW, Bare, Slack

# Making one costs a client more time than a whole test: all share it, though nothing here is encrypted.
TLS = ssl.create_default_context()

Opener = Callable[..., AbstractAsyncContextManager[Slack]]


@pytest.fixture
def opened() -> Opener:
    """Open a stand-in with options of one's own."""

    @asynccontextmanager
    async def start(options: Options, organisation: Organisation | None = None) -> AsyncIterator[Slack]:
        app = build(seeded(now=lambda: NOW, organisation=organisation), options)
        async with serving(app) as url, httpx.AsyncClient(timeout=30, trust_env=False, verify=TLS) as http:
            slack = Slack(url=url, http=http)
            yield slack
            await slack.leave()

    return start


@pytest.fixture
async def slack(opened: Opener) -> AsyncIterator[Slack]:
    async with opened(Options()) as running:
        yield running


@pytest.fixture
async def app(slack: Slack) -> Bare:
    return await slack.app()


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[Receiver]:
    """Run an app in HTTP mode."""
    async with receiving() as receiver:
        await slack.do("request_urls", urls=[receiver.url])
        yield receiver

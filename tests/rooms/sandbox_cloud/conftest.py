"""The default world, served over a real socket, on a clock that the test owns."""

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud
from tests.rooms.sandbox_cloud.caller import KEYS, Caller, OwnedClock

TLS = ssl.create_default_context()  # unused here, and making one for each test costs more than the test


@pytest.fixture
def clock() -> OwnedClock:
    return OwnedClock()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30, trust_env=False, verify=TLS) as client:
        yield client


@pytest.fixture
async def caller(clock: OwnedClock, http: httpx.AsyncClient) -> AsyncIterator[Caller]:
    async with running(Cloud(load_seed(), KEYS, clock=clock.as_clock())) as url:
        yield Caller(url=url, http=http, clock=clock)

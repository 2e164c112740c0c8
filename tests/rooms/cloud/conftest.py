import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from bot.cloud.bmlb import Bmlb, open_bmlb
from bot.cloud.gate import Gate
from bot.cloud.settings import CloudSettings
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud, Keys
from tests.rooms.cloud.world import NOW, Sandbox, Time

SETTINGS = CloudSettings(
    region="bj", secret_id="AKIDcanaryid", secret_key="canarykey", token="canary/token+==", rate=1000.0
)

Opened = AbstractAsyncContextManager[Bmlb]
Opener = Callable[..., Opened]


@pytest.fixture
def waits() -> list[float]:
    """Hold what the client slept between attempts, in seconds."""
    return []


@pytest.fixture
def opened(waits: list[float]) -> Opener:
    """Open a client whose waits cost no time."""

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    @asynccontextmanager
    async def opener(
        url: str, *, now: Callable[[], float] = lambda: NOW, gate: Gate | None = None, **more: str | float
    ) -> AsyncIterator[Bmlb]:
        settings = replace(SETTINGS, v2_url=url, v3_url=url)
        settings = replace(settings, **more)  # type: ignore[arg-type]  # a test's own choice of fields
        rng = random.Random(7)  # noqa: S311  # a test owns its chance
        async with open_bmlb(settings, now=now, sleep=sleep, rng=rng, gate=gate) as bmlb:
            yield bmlb

    return opener


@pytest.fixture
def closed() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as briefly:
        return int(briefly.getsockname()[1])


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    time = Time()
    keys = Keys(secret_id=SETTINGS.secret_id, secret_key=SETTINGS.secret_key, token=SETTINGS.token)
    cloud = Cloud(load_seed(), keys, clock=time.clock())
    cloud.options.take({"rate_limit": 0})  # its clock stands still, so every call is in the same second
    async with running(cloud) as url:
        yield Sandbox(cloud, url, time)

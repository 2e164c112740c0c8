import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest

from bot.cloud.bmlb import Bmlb, open_bmlb
from bot.cloud.settings import CloudSettings

NOW = 1_700_000_000.0  # the time of the tests, seconds since the epoch

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
    async def opener(url: str, *, now: Callable[[], float] = lambda: NOW, **more: str | float) -> AsyncIterator[Bmlb]:
        settings = replace(SETTINGS, v2_url=url, v3_url=url)
        settings = replace(settings, **more)  # type: ignore[arg-type]  # a test's own choice of fields
        rng = random.Random(7)  # noqa: S311  # a test owns its chance
        async with open_bmlb(settings, now=now, sleep=sleep, rng=rng) as bmlb:
            yield bmlb

    return opener

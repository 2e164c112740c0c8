"""Calls of one action keep their distance; time is the loop's own and jumps."""

import asyncio
import random
import selectors
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bot.cloud.auth import Keys, Tc3Auth
from bot.cloud.call import Call
from bot.cloud.gate import Own
from bot.cloud.patience import Patience
from bot.cloud.transport import Transport
from bot.cloud.v3 import V3Dialect

RATE = 20
TICK = 1e-9  # seconds; no wait is too short for the clock to move
DIALECT = V3Dialect(
    url="http://127.0.0.1/", region="ap-beijing", auth=Tc3Auth(Keys(secret_id="i", secret_key="k"), now=lambda: 0.0)
)


class Jumping(selectors.SelectSelector):
    """Jumps over every wait instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "asleep for ever"
        self.now += timeout + TICK
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def arrivals(rng: random.Random, play: Callable[[Transport], Awaitable[Any]]) -> list[tuple[float, str]]:
    """Return when which action arrived, in seconds of the loop's time."""
    arrived: list[tuple[float, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        arrived.append((asyncio.get_running_loop().time(), request.headers["X-TC-Action"]))
        return httpx.Response(200, json={"Response": {}})

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            patience = Patience(sleep=asyncio.sleep, rng=rng)
            await play(
                Transport(
                    reading=client,
                    writing=client,
                    seconds=1000,
                    gate=Own(RATE),
                    now=lambda: 0.0,
                    patience=patience,
                    secrets=(),
                )
            )

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(main())
    return arrived


def test_no_second_sees_more_calls_of_an_action_than_its_rate(rng: random.Random) -> None:
    call = Call(action="DescribeL4Backends")

    arrived = arrivals(rng, lambda t: asyncio.gather(*(t.call(call, DIALECT) for _ in range(3 * RATE))))

    times = [seconds for seconds, _ in arrived]
    assert len(times) == 3 * RATE
    for begin in times:
        assert sum(begin <= seconds < begin + 1 - 1e-6 for seconds in times) <= RATE
    assert times[-1] == pytest.approx((3 * RATE - 1) / RATE, abs=1e-3)


def test_actions_do_not_wait_for_each_other(rng: random.Random) -> None:
    calls = [Call(action=f"Describe{number}") for number in range(10)]

    arrived = arrivals(rng, lambda t: asyncio.gather(*(t.call(call, DIALECT) for call in calls)))

    assert max(seconds for seconds, _ in arrived) < 1 / RATE

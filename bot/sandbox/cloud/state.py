"""The whole simulated cloud: its world, keys, clock, tasks, faults and journal."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bot.sandbox.cloud.faults import Faults
from bot.sandbox.cloud.gate import Gate
from bot.sandbox.cloud.journal import Journal
from bot.sandbox.cloud.model import Backend, Listener, LoadBalancer
from bot.sandbox.cloud.problems import Problem
from bot.sandbox.cloud.seed import Seed
from bot.sandbox.cloud.tasks import TaskBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The one key pair that the sandbox knows; ``token`` is ``""`` where calls need none."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where time comes from: seconds since the epoch, monotonic seconds, and waiting."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep


class Cloud:
    """One simulated cloud. All of it lives in memory and in one event loop.

    ``request_id`` makes the ids of 3.0 answers.
    """

    def __init__(
        self, seed: Seed, keys: Keys, *, clock: Clock | None = None, request_id: Callable[[], str] | None = None
    ) -> None:
        self.keys = keys
        self.clock = clock or Clock()
        self.request_id = request_id or (lambda: str(uuid4()))
        self.options = seed.options
        self.load_balancers = [load_balancer.model_copy(deep=True) for load_balancer in seed.load_balancers]
        self.tasks = TaskBoard(seed.tasks)
        self.faults = Faults()
        self.journal = Journal()
        self.gate = Gate()
        self.skew = 0.0
        self._seen: dict[tuple[str, str, str], float] = {}
        self._calls: dict[str, deque[float]] = {}
        for listener, backend in self._backends():
            backend.begin(listener)

    def now(self) -> float:
        """Return the cloud's own clock, seconds since the epoch."""
        return self.clock.wall() + self.skew

    def tick(self) -> float:
        """Bring tasks up to this moment and return it, in monotonic seconds."""
        at = self.clock.monotonic()
        self.tasks.advance(at)
        return at

    def load_balancer(self, region: str, load_balancer: str) -> LoadBalancer:
        """Return the load balancer.

        Raises:
            Problem: 11041, none of this id in this region.
        """
        for each in self.load_balancers:
            if (each.region, each.id) == (region, load_balancer):
                return each
        raise Problem(11041, load_balancer)

    def is_replay(self, secret_id: str, nonce: str, timestamp: str) -> bool:
        """Say whether these three came together before, and remember them (fact sheet, Q17)."""
        at = self.clock.monotonic()
        while self._seen and next(iter(self._seen.values())) <= at - 2 * self.options.timestamp_window:
            del self._seen[next(iter(self._seen))]  # its Timestamp has expired by now, however early it came
        key = (secret_id, nonce, timestamp)
        if key in self._seen:
            return True
        self._seen[key] = at
        return False

    def is_over_rate(self, action: str) -> bool:
        """Say whether one more call of ``action`` is more than API 3.0 allows a second, and count it if not."""
        at, calls = self.clock.monotonic(), self._calls.setdefault(action, deque())
        while calls and calls[0] <= at - 1:
            calls.popleft()
        if self.options.rate_limit and len(calls) >= self.options.rate_limit:
            return True
        calls.append(at)
        return False

    def settle(self) -> None:
        """Bring every backend's health up to this moment: right before and right after the world is changed."""
        at = self.tick()
        for listener, backend in self._backends():
            backend.health(listener, at)

    def to_json(self) -> dict[str, Any]:
        """Return the whole model for the control API."""
        at = self.tick()
        return {
            "now": self.now(),
            "skew": self.skew,
            "held": self.gate.held,
            "options": self.options.model_dump(),
            "plan": self.tasks.plan.model_dump(),
            "load_balancers": [
                {
                    **load_balancer.model_dump(exclude={"listeners"}),
                    "listeners": [_listener(listener, at) for listener in load_balancer.listeners],
                }
                for load_balancer in self.load_balancers
            ],
            "tasks": self.tasks.to_json(),
        }

    def _backends(self) -> list[tuple[Listener, Backend]]:
        listeners = [listener for load_balancer in self.load_balancers for listener in load_balancer.listeners]
        return [(listener, backend) for listener in listeners for backend in listener.backends]


def _listener(listener: Listener, at: float) -> dict[str, Any]:
    backends = [
        {**backend.model_dump(), "probed_port": listener.probed(backend), "health": backend.health(listener, at)}
        for backend in listener.backends
    ]
    return {**listener.model_dump(exclude={"backends"}), "backends": backends}

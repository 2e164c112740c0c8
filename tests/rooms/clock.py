"""Time as a test owns it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.cloud.state import Clock
from tests.unit.slack.making import NOW


@dataclass
class Time:
    """Seconds that pass only while somebody sleeps; what was planned for a moment happens when it comes.

    ``jumped`` is by how much somebody set the machine's clock, and the cloud's with it.
    """

    passed: float = 0.0
    jumped: float = 0.0
    plans: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def now(self) -> float:
        return NOW + self.passed + self.jumped

    def monotonic(self) -> float:
        return self.passed

    def jump(self, seconds: float) -> None:
        """Set the clock, by so much."""
        self.jumped += seconds

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        for plan in [plan for plan in self.plans if plan[0] <= self.passed]:
            self.plans.remove(plan)
            plan[1]()
        await asyncio.sleep(0)

    async def slept(self, seconds: float) -> None:
        """Return once as many seconds passed."""
        over = asyncio.Event()
        self.after(seconds, over.set)
        await over.wait()

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        self.plans.append((self.passed + seconds, action))

    def clock(self) -> Clock:
        return Clock(wall=self.now, monotonic=self.monotonic, sleep=self.sleep)

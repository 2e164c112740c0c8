"""Who may call the cloud now: its rate, and whether this process still may write."""

from typing import Protocol

from aiolimiter import AsyncLimiter


class Gate(Protocol):
    """Asked before each call. Replicas share one rate, so theirs stands elsewhere."""

    async def turn(self, action: str) -> None:
        """Return when ``action`` may be called."""

    def may_write(self) -> bool:
        """Say whether a write may leave now; asked once its connection stands, at the last moment there is."""


class Own:
    """The gate of a process that is the only one: ``rate`` calls a second to each action."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._limiters: dict[str, AsyncLimiter] = {}

    async def turn(self, action: str) -> None:
        """Return when ``action`` may be called."""
        # One call per 1/rate seconds: a bucket of ``rate`` calls would let nearly twice as many through at once.
        await self._limiters.setdefault(action, AsyncLimiter(1, 1 / self._rate)).acquire()

    def may_write(self) -> bool:
        """Say yes: nobody else writes."""
        return True


class Barred(Exception):
    """A write was kept from leaving: this process stood still, and another one may have taken over its work."""

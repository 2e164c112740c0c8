"""The stand-in's clock: any source of seconds, which tests and operators may move ahead."""

import asyncio
from collections.abc import Callable

from bot.sandbox.slack.changes import Changes


class Clock:
    """Seconds since the epoch, and waiting that a jump of the clock cuts short."""

    def __init__(self, source: Callable[[], float]) -> None:
        self._source = source
        self._ahead = 0.0
        self._jumps = Changes()

    def now(self) -> float:
        """Return the seconds since the epoch on this clock."""
        return self._source() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock ahead by ``seconds`` (not negative) and wake whoever waits."""
        if seconds < 0:
            message = f"the clock only moves ahead, not by {seconds} s"
            raise ValueError(message)
        self._ahead += seconds
        self._jumps.bump()

    async def until(self, moment: float) -> None:
        """Wait until the clock shows ``moment``."""
        while (left := moment - self.now()) > 0:
            jumped = asyncio.ensure_future(self._jumps.wait(self._jumps.count))
            try:
                await asyncio.wait((jumped,), timeout=left)
            finally:
                jumped.cancel()

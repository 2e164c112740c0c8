"""How long, and how often, a read is tried again."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import CloudError

T = TypeVar("T")
ATTEMPTS = 4
_FIRST = 0.25  # seconds before the second attempt; each further wait is twice as long
_MOST = 4.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Repeats a read after errors that say it may be repeated. ``sleep`` takes seconds; ``rng`` spreads the waits."""

    sleep: Callable[[float], Awaitable[None]]
    rng: random.Random

    async def __call__(self, attempt: Callable[[], Awaitable[T]], attempts: int = ATTEMPTS) -> T:
        """Return what ``attempt`` returns, tried at most ``attempts`` times.

        Raises:
            CloudError: the last one, or the first that isn't retryable.
        """
        for tried in range(1, attempts):
            try:
                return await attempt()
            except CloudError as error:
                if not error.retryable:
                    raise
            await self.sleep(min(_MOST, _FIRST * 2 ** (tried - 1)) * self.rng.uniform(0.5, 1.5))
        return await attempt()

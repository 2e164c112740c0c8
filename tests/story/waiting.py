"""The one way in which a story waits: for something to be so, never for time to pass."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

LONGEST = 45.0  # seconds; far more than anything here takes on a slow machine
PAUSE = 0.1


async def until(what: str, look: Callable[[], Awaitable[T | None]], *, seconds: float = LONGEST) -> T:
    """Return what ``look`` finds as soon as it finds something."""
    end = monotonic() + seconds
    while not (found := await look()):
        assert monotonic() < end, f"waited {seconds} s for {what}"
        await asyncio.sleep(PAUSE)
    return found

"""Where answers are held until somebody lets them go."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Closed(Exception):
    """The server is going down; what was held ends without an answer."""


class Gate:
    """Holds calls until a release; closing it ends every wait."""

    def __init__(self) -> None:
        self._held: list[asyncio.Event] = []
        self._closing = asyncio.Event()

    @property
    def held(self) -> int:
        """Return how many calls wait."""
        return len(self._held)

    async def hold(self) -> None:
        """Wait for the next release.

        Raises:
            Closed: the gate was closed first.
        """
        released = asyncio.Event()
        self._held.append(released)
        try:
            await self.unless_closed(released.wait())
        finally:
            self._held = [other for other in self._held if other is not released]

    async def unless_closed(self, waiting: Coroutine[Any, Any, object]) -> None:
        """Wait for ``waiting``.

        Raises:
            Closed: the gate was closed first.
        """
        tasks = {asyncio.create_task(waiting), asyncio.create_task(self._closing.wait())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        if self._closing.is_set():
            raise Closed

    def release(self) -> int:
        """Let every held call go; return how many."""
        held, self._held = self._held, []
        for released in held:
            released.set()
        return len(held)

    def close(self) -> None:
        """End every wait, now and later."""
        self._closing.set()

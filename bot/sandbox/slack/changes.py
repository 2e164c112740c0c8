"""A counter somebody can wait on."""

import asyncio


class Changes:
    """Counts what changed and wakes who waits for more."""

    def __init__(self) -> None:
        self.count = 0
        self._more = asyncio.Event()

    def bump(self) -> None:
        """Count one change."""
        self.count += 1
        self._more.set()
        self._more = asyncio.Event()

    async def wait(self, since: int) -> int:
        """Return the count as soon as it exceeds ``since``."""
        while self.count <= since:
            await self._more.wait()
        return self.count

"""The gate to the cloud that replicas share: one rate together, and no write from one that stood still."""

from bot.engine.ports import Clock
from bot.engine.standing import Standing
from bot.store import pace
from bot.store.ledger import Ledger


class SharedGate:
    """``rate`` calls a second to each action, by all replicas together."""

    def __init__(self, ledger: Ledger, standing: Standing, clock: Clock, *, rate: float) -> None:
        self._ledger = ledger
        self._standing = standing
        self._clock = clock
        self._gap = 1 / rate

    async def turn(self, action: str) -> None:
        """Return when ``action`` may be called.

        Raises:
            NotStored: the database is away, so that nobody can say.
        """
        async with self._ledger.aside() as book:
            wait = await pace.reserve(book, action, gap=self._gap)
        if wait > 0:
            await self._clock.sleep(wait)

    def may_write(self) -> bool:
        """Say whether nobody can have taken over what this replica does."""
        return self._standing.is_fresh()

"""Forgetting what ended long ago: now and then, by the replica that leads, a few rows at a time."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from bot.engine.durable import Durable
from bot.engine.ports import Clock
from bot.engine.standing import Place
from bot.store import retention
from bot.store.ledger import Ledger, NotStored
from bot.store.retention import SHELVES, Shelf

CLEAN_SECONDS = 600.0  # between two rounds
BATCH = 100  # rows of one transaction, so that no other writer waits for long
PAUSE_SECONDS = 0.5  # between two transactions of a round
_log = structlog.get_logger(__name__)


class Cleaning:
    """Rounds that delete what ended more than ``keep`` seconds ago. Two at once, or one twice, do no harm."""

    def __init__(self, ledger: Ledger, durable: Durable, clock: Clock, place: Place, *, keep: float) -> None:
        self._ledger = ledger
        self._durable = durable
        self._clock = clock
        self._place = place
        self._keep = keep

    async def run(self) -> None:
        """Clean now and then, for as long as the process lives."""
        while True:
            try:
                await self.round()
            except NotStored as away:
                _log.warning("cleaning waits for the database", error=str(away))
            await self._clock.sleep(CLEAN_SECONDS)

    async def round(self) -> Mapping[str, int]:
        """Delete what may go, as long as this replica leads; return how much of which kind.

        Raises:
            NotStored: the database is away; what was deleted before stays deleted.
        """
        before = self._clock.now() - self._keep
        gone = {shelf.name: await self._emptied(partial(self._clear, shelf, before)) for shelf in SHELVES}
        gone["runs"] = await self._emptied(partial(self._durable.forget, before=before, most=BATCH))
        if any(gone.values()):
            _log.info("what ended long ago was cleaned", **gone)
        return gone

    async def _emptied(self, clear: Callable[[], Awaitable[int]]) -> int:
        total = 0
        while self._place.leads:
            gone = await clear()
            total += gone
            if gone < BATCH:
                break
            await self._clock.sleep(PAUSE_SECONDS)
        return total

    async def _clear(self, shelf: Shelf, before: float) -> int:
        async with self._ledger.reading() as book:  # looked for without the writers' lock
            keys = await retention.past(book, shelf, before=before, most=BATCH)
        if not keys:
            return 0
        async with self._ledger.writing() as book:
            return await retention.clear(book, shelf, keys, before=before)

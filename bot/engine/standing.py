"""This process's place among the replicas: it beats, buries those that don't, and knows whether it may still act.

Nothing here trusts a clock that can be set: a replica is dead when its beats stood still for ``DEAD_SECONDS`` during
which the watcher itself was well, and one that was itself stopped for ``FRESH_SECONDS`` acts no more before it has
beaten again, which it can't once it is buried (engine fact sheet, lock 3).
"""

import asyncio
from typing import Protocol

import structlog

from bot.engine.ports import Clock
from bot.store import replicas
from bot.store.ledger import Fenced, Ledger, NotStored

BEAT_SECONDS = 1.0
DEAD_SECONDS = 5.0
COUNTED_MOST = 1.5  # of the time between two beats of the watcher: the rest it was away itself, and so was everybody
FRESH_SECONDS = 4.0  # less than DEAD_SECONDS: who acts within it since its last beat began can't have been buried
_log = structlog.get_logger(__name__)


class Place(Protocol):
    """What others ask of a ``Standing``."""

    @property
    def replica(self) -> str | None:
        """Who this is; None: the only one there can be."""

    @property
    def leads(self) -> bool:
        """Whether this one does what only one may do."""

    async def assure(self) -> None:
        """Return when this replica may act; see ``Standing.assure``."""


class _Alone:
    replica = None
    leads = True

    async def assure(self) -> None:
        """Return at once: nobody can take over."""


ALONE: Place = _Alone()


class Standing:
    """One replica. ``alone`` says that no other can live, whatever its row says: this one owns the database."""

    def __init__(self, ledger: Ledger, clock: Clock, *, replica: str, alone: bool) -> None:
        self.replica = replica
        self.lost = asyncio.Event()
        self.leads = False
        self._ledger = ledger
        self._clock = clock
        self._alone = alone
        self._beaten = float("-inf")
        self._seen: dict[str, tuple[int, float]] = {}
        self._one_beat = asyncio.Lock()

    async def join(self) -> None:
        """Take a place among the replicas.

        Raises:
            NotStored: the database is away.
        """
        await self._ledger.enlist(self.replica, at=self._clock.now())
        await self.beat()

    def is_fresh(self) -> bool:
        """Say whether nobody can have taken over what this replica does."""
        return not self.lost.is_set() and self._clock.monotonic() - self._beaten < FRESH_SECONDS

    async def assure(self) -> None:
        """Return when this replica may act.

        Raises:
            Fenced: it was buried.
            NotStored: the database is away, so that nobody can say.
        """
        async with self._one_beat:
            if not self.is_fresh():  # whoever waited for another's beat needs none of their own
                await self._beat()

    async def beat(self) -> None:
        """Show that this replica lives, and bury those that stood still.

        Raises:
            Fenced: it was buried itself.
            NotStored: the database is away.
        """
        async with self._one_beat:
            await self._beat()

    async def _beat(self) -> None:
        began = self._clock.monotonic()
        try:
            async with self._ledger.writing() as book:
                await replicas.beat(book, self.replica)
                living = await replicas.living(book)
                seen = self._look(living, began)
                dead = {one for one, (_, still) in seen.items() if self._alone or still >= DEAD_SECONDS}
                await replicas.bury(book, dead, at=self._clock.now())
        except Fenced:
            self.lost.set()
            raise
        self._beaten, self._seen = began, seen
        self.leads = next(one.id for one in living if one.id not in dead) == self.replica
        if dead:
            _log.warning("replicas stood still and were buried", replicas=sorted(dead))

    def _look(self, living: list[replicas.Replica], now: float) -> dict[str, tuple[int, float]]:
        """Return the beats of each of the others, and for how long they have stood still while this one was well."""
        passed = min(now - self._beaten, COUNTED_MOST)
        before = {one.id: self._seen.get(one.id, (-1, 0.0)) for one in living if one.id != self.replica}
        return {
            one.id: (one.beats, before[one.id][1] + passed if before[one.id][0] == one.beats else 0.0)
            for one in living
            if one.id in before
        }

    async def leave(self) -> None:
        """Give the place up, so that others go on at once with what is left.

        Raises:
            Fenced: it was taken already.
            NotStored: the database is away; the others will notice.
        """
        self.lost.set()
        async with self._ledger.writing() as book:
            await replicas.bury(book, {self.replica}, at=self._clock.now())

    async def run(self) -> None:
        """Beat until this replica is buried."""
        while not self.lost.is_set():
            await self._clock.sleep(BEAT_SECONDS)
            try:
                await self.beat()
            except Fenced:
                _log.warning("this replica stood still and was buried", replica=self.replica)
            except NotStored as away:
                _log.warning("no beat: the database is away", error=str(away))
            except Exception:  # noqa: BLE001 - without beats nobody learns that others took over
                _log.exception("no beat")

"""Whose each run is, and who beats: looked at again and again while a round lasts."""

import asyncio
from dataclasses import dataclass, field
from time import time

import psycopg

from tests.chaos.database import Database
from tests.chaos.history import Look

GLANCE = 0.5  # seconds; a replica beats once a second
LIVING = "SELECT id, beats FROM replicas WHERE buried_at IS NULL"


@dataclass(eq=False, kw_only=True)
class Watch:
    """The looks of one round; it looks from ``begin`` on."""

    database: Database
    _looks: list[Look] = field(default_factory=list)
    _looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to look."""
        self._looking = asyncio.create_task(self._look())

    async def seen(self) -> tuple[Look, ...]:
        """Look no more, and return what was seen."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        return tuple(self._looks)

    async def _look(self) -> None:
        while True:
            try:
                living, owned = await asyncio.to_thread(self.database.look, LIVING, self.database.owners)
            except psycopg.OperationalError:
                pass  # stopped by a saboteur, and so nobody beats
            else:
                beats = {str(row["id"]): int(row["beats"]) for row in living}
                owners = {str(row["workflow_uuid"]): str(row["executor_id"]) for row in owned}
                self._looks.append(Look(at=time(), beats=beats, owners=owners))
            await asyncio.sleep(GLANCE)

"""Several bots on one PostgreSQL, and which of them does what."""

import signal
from dataclasses import dataclass
from typing import Any

import psycopg

from bot.sandbox.world import Running
from bot.slack.cards import APPROVE
from tests.story.backstage import Backstage
from tests.story.record import Record
from tests.story.stage import Message, name
from tests.story.waiting import until


@dataclass(frozen=True, slots=True)
class SharedRecord(Record):
    """A PostgreSQL database; ``path`` isn't one."""

    url: str = ""

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what ``query`` finds."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.replace("?", "%s").encode(), values).fetchall()


@dataclass(frozen=True, kw_only=True)
class Crew(Backstage):
    """A stage whose bots share ``url``, and work on one another's runs."""

    url_of_database: str

    async def bots(self, *, count: int, http: bool = False) -> list[Running]:
        """Start ``count`` bots, one after the other, so that their order is that of their replicas."""
        settings = {"COUNTERSIGN_DATABASE_URL": self.url_of_database}
        start = self.bot_by_http if http else self.bot
        return [await start(**settings) for _ in range(count)]

    async def asked_and_held(self, bots: list[Running], moment: str, kind: str = "hold_before") -> tuple[Message, int]:
        """Let a change be approved and its run stand at ``moment``, a call that the cloud holds.

        Return the card and which of ``bots`` holds the run.
        """
        card = await self.asks(8123)
        await self.cloud.fault(moment, kind)
        await self.presses("bob", card, APPROVE)
        await self.cloud.until_held()
        return card, await self.holder(f"{name(card)}.1", bots)

    async def holder(self, run: str, bots: list[Running]) -> int:
        """Return which of ``bots`` holds ``run`` (``CR-7.1``), as soon as one does."""

        async def look() -> list[int]:
            found = self.record.rows(
                "SELECT executor_id FROM dbos.workflow_status WHERE workflow_uuid = ? AND status = 'PENDING'", run
            )
            born = [row[0] for row in self.record.rows("SELECT id FROM replicas ORDER BY number")]
            return [born.index(found[0][0]) + 1] if found else []

        [place] = await until(f"somebody who holds {run}", look)
        assert place <= len(bots), "a replica that was born later holds it"
        return place - 1

    async def replicas(self, *, living: int) -> None:
        """Wait until so many replicas live."""

        async def look() -> bool:
            return self.record.rows("SELECT count(*) FROM replicas WHERE buried_at IS NULL") == [(living,)]

        await until(f"{living} living replicas", look)


def pause(bot: Running) -> None:
    """Let the process stand still."""
    bot.process.send_signal(signal.SIGSTOP)


def wake(bot: Running) -> None:
    """Let it go on."""
    bot.process.send_signal(signal.SIGCONT)

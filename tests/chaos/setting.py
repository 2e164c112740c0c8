"""The world of many rounds: both sandboxes, a database, and the bots behind their proxies."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.sandbox.world import DidNotStart, World, world
from tests.chaos.bots import Bot, Link, behind_proxies
from tests.chaos.cloudside import CloudSide
from tests.chaos.database import Database
from tests.chaos.people import IDS
from tests.chaos.places import write_policy, write_seed
from tests.chaos.sabotage import Fault

# A call that a cut keeps back is let go within 2 s (sabotage.py), so that 5 s are enough to settle it.
QUICK = {
    "COUNTERSIGN_SETTLE_SECONDS": "5",
    "COUNTERSIGN_TASK_LIMIT_SECONDS": "5",
    "COUNTERSIGN_LOG_FORMAT": "json",
    "COUNTERSIGN_LOG_LEVEL": "INFO",
}


REQUESTS_PATH = "/slack/events"
# A connection that is kept may be closed by its server in the moment in which it is used again.
EACH_ANEW = httpx.Limits(max_keepalive_connections=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one world is like: bots write through ``api`` (v2 or 3.0).

    Slack posts to them with ``http``, instead of Socket Mode; emergencies go through freezes with ``overrides``.
    """

    api: str
    http: bool
    overrides: bool


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Everything that stays up between rounds."""

    folder: Path
    kind: Kind
    world: World
    http: httpx.AsyncClient
    cloud: CloudSide
    database: Database
    bots: tuple[Bot, ...]

    async def order(self, fault: Fault) -> None:
        """Let one of the sandboxes, or the database's server, have a bad day; it is over where it has an end."""
        if fault.to is Link.CLOUD:
            await self.cloud.ask("POST", fault.what, fault.order)
        elif fault.to is Link.DATABASE:
            await self.database.fail(fault.what, fault.order["seconds"])
        else:
            answer = await self.http.post(f"{self.world.slack.url}/sandbox/{fault.what}", json=fault.order)
            if answer.status_code != httpx.codes.OK:
                raise AssertionError(answer.text)

    async def heal(self) -> None:
        """Mend everything, and let every bot stand."""
        await self.cloud.heal()
        await self.http.delete(f"{self.world.slack.url}/sandbox/faults")
        for bot in self.bots:
            await bot.heal()

    async def unready(self) -> tuple[str, ...]:
        """Return the bots that don't say that they can work."""
        return tuple([bot.name for bot in self.bots if not await self._is_ready(bot)])

    async def _is_ready(self, bot: Bot) -> bool:
        if bot.running is None:
            return False
        try:
            answer = await self.http.get(f"{bot.health}/readyz")
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK


@asynccontextmanager
async def setting(folder: Path, database: Database, kind: Kind, *, bots: int) -> AsyncIterator[Setting]:
    """Yield a world of ``bots`` replicas on ``database``, all up.

    Raises:
        DidNotStart: a bot that nobody disturbed did not start.
    """
    policy = write_policy(folder, people=IDS.values(), overrides=kind.overrides)
    async with (
        world(folder, seed=write_seed(folder)) as opened,
        httpx.AsyncClient(trust_env=False, timeout=30, limits=EACH_ANEW) as client,
    ):
        names = [f"bot-{n}" for n in itertools.islice(itertools.count(1), bots)]
        settings = {**QUICK, "COUNTERSIGN_POLICY": str(policy), "COUNTERSIGN_BMLB_API": kind.api}
        made = [await behind_proxies(name, opened, settings, database=database.url, http=kind.http) for name in names]
        _tell_request_urls(made)
        cloud = CloudSide(url=opened.cloud.url, http=client)
        try:
            for bot in made:
                await bot.started()
                if bot.running is None:
                    raise DidNotStart(bot.name, opened.log(bot.name)[-2000:])
            yield Setting(
                folder=folder, kind=kind, world=opened, http=client, cloud=cloud, database=database, bots=tuple(made)
            )
        finally:
            for bot in made:
                await bot.close()


def _tell_request_urls(bots: list[Bot]) -> None:
    ports = [bot.links[Link.REQUESTS].port for bot in bots if Link.REQUESTS in bot.links]
    for bot in bots:
        bot.request_urls = tuple(f"http://127.0.0.1:{port}{REQUESTS_PATH}" for port in ports)

"""One bot: a real process behind proxies of its own, that is killed, paused and started again."""

import asyncio
import contextlib
import json
import resource
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.world import REQUESTS_AT, DidNotStart, Running, World
from tests.chaos.proxy import Proxy, Way

Line = dict[str, Any]  # one line of a bot's log
STARTS = 3
START_SECONDS = 120.0  # on a busy machine
HEALTH_AT = "health at "
PAUSE = 0.02  # seconds between two looks at the log
Listener = Callable[["Bot", Line], None]


class Link(StrEnum):
    """What a bot talks to, and in HTTP mode Slack to it."""

    CLOUD = "cloud"
    SLACK = "slack"
    DATABASE = "database"
    REQUESTS = "requests"


@dataclass(eq=False, kw_only=True)
class Bot:
    """One replica. ``environment`` is what it is told beside the addresses of its proxies.

    In HTTP mode ``request_urls`` are its own and the other replicas', all through proxies.
    """

    name: str
    world: World
    links: Mapping[Link, Proxy]
    environment: Mapping[str, str]
    request_urls: tuple[str, ...] = ()
    listeners: list[Listener] = field(default_factory=list)
    running: Running | None = None
    health: str = ""  # the address of its ops port; one that starts anew by itself has another
    _begun: Running | None = None  # the newest process, ready or not
    _starting: asyncio.Task[None] | None = None
    _paused: bool = False
    _reading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to start it; a start that a cut keeps from its end goes on when the cut is mended."""
        if self.running is None and (self._starting is None or self._starting.done()):
            self._starting = asyncio.create_task(self._start())

    async def started(self) -> None:
        """Wait until it stands, or until ``STARTS`` starts came to nothing; then it is not ready, which is judged."""
        for _ in range(STARTS):
            if self.running is None:
                self.start()
                await self._no_longer_starting()

    async def _start(self) -> None:
        try:
            self.running = await self.world.start_bot(
                self.environment,
                http=bool(self.request_urls),
                name=self.name,
                begun=self._is_begun,
                within=START_SECONDS,
            )
        except DidNotStart:  # it must not become ready beside the next one
            if self._begun is not None:
                await self._begun.kill()
            raise
        self.health = self.running.url
        if self.request_urls:
            self._takes_requests_at(self.running.requests)
            await self.world.send_requests_to(*self.request_urls)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())

    def _takes_requests_at(self, url: str) -> None:
        if Link.REQUESTS in self.links:
            self.links[Link.REQUESTS].aim(urlsplit(url).port or 0)

    def _is_begun(self, running: Running) -> None:
        self._begun = running

    async def _no_longer_starting(self) -> None:
        if self._starting is not None:
            with contextlib.suppress(DidNotStart):  # what it wrote stands in its log
                await self._starting

    def strike_down(self) -> None:
        """End it as a power cut would, ready or not; ``kill`` waits until it is gone."""
        self._takes_requests_at("")
        if self._begun is not None:
            with contextlib.suppress(ProcessLookupError):
                self._begun.process.kill()

    async def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.strike_down()
        await self._no_longer_starting()
        if self.running is not None:
            running, self.running, self._paused = self.running, None, False
            await running.kill()

    def pause(self) -> None:
        """Stop it where it is."""
        if self.running is not None:
            self.running.process.send_signal(signal.SIGSTOP)
            self._paused = True

    def resume(self) -> None:
        """Let it go on."""
        if self.running is not None and self._paused:
            self.running.process.send_signal(signal.SIGCONT)
            self._paused = False

    def fill_disk(self) -> None:
        """Let whatever it writes into a file fail, as on a disk that is full."""
        self._limit_files(0)

    def make_room(self) -> None:
        """Let it write again."""
        self._limit_files(resource.RLIM_INFINITY)

    def _limit_files(self, size: int) -> None:
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(self.running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def heal(self) -> None:
        """Open every link, and let it go on or stand again."""
        for proxy in self.links.values():
            proxy.wires.clear()
            await proxy.turn(Way.OPEN)
        self.resume()
        await self.started()

    async def close(self) -> None:
        """End what watches it, and its links."""
        for task in (self._reading, self._starting):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, DidNotStart):
                    await task
        for proxy in self.links.values():
            await proxy.stop()

    async def _read(self) -> None:
        """Tell every new line of the log to whoever listens."""
        path = self.world.log_path(self.name)
        with path.open(encoding="utf-8", errors="replace") as log:
            rest = ""
            while True:
                whole, newline, rest = (rest + log.read()).rpartition("\n")
                for text in whole.split("\n") if newline else ():
                    if HEALTH_AT in text:
                        self.health = text.rpartition(HEALTH_AT)[2].strip()
                    if text.startswith(REQUESTS_AT):
                        self._takes_requests_at(text.removeprefix(REQUESTS_AT).strip())
                    if text.startswith("{"):
                        for listener in tuple(self.listeners):
                            listener(self, json.loads(text))
                await asyncio.sleep(PAUSE)


async def behind_proxies(name: str, world: World, environment: Mapping[str, str], *, database: str, http: bool) -> Bot:
    """Return a bot, not started, whose ways to cloud, Slack and a PostgreSQL lead through proxies.

    ``database`` is its URL; a SQLite file needs no way. With ``http`` Slack's requests come through one, too.
    """
    links = {Link.CLOUD: _to(world.cloud.url), Link.SLACK: _to(world.slack.url)}
    if not database.startswith("sqlite:"):
        links[Link.DATABASE] = _to(database)
    if http:
        links[Link.REQUESTS] = Proxy("127.0.0.1", 0)
    for proxy in links.values():
        await proxy.start()
    cloud, slack = (f"http://127.0.0.1:{links[link].port}" for link in (Link.CLOUD, Link.SLACK))
    through = database
    if Link.DATABASE in links:
        parts = urlsplit(database)
        user = parts.netloc.rpartition("@")[0]
        through = parts._replace(netloc=f"{user}@127.0.0.1:{links[Link.DATABASE].port}").geturl()
    own = {
        "COUNTERSIGN_SLACK_API_URL": f"{slack}/api/",
        "COUNTERSIGN_BMLB_V2_URL": f"{cloud}/v2/index.php",
        "COUNTERSIGN_BMLB_V3_URL": f"{cloud}/",
        "COUNTERSIGN_DATABASE_URL": through,
    }
    return Bot(name=name, world=world, links=links, environment={**environment, **own})


def _to(url: str) -> Proxy:
    parts = urlsplit(url)
    return Proxy(parts.hostname or "127.0.0.1", parts.port or 5432)

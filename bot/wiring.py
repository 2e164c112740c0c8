"""The one place where the rooms meet: settings in, a running Countersign out."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from bot import texts
from bot.cleaning import Cleaning
from bot.cloud.bmlb import Bmlb, open_bmlb
from bot.cloud.gate import Gate
from bot.cloud.settings import CloudSettings
from bot.config import Settings
from bot.domain.policy import Policy
from bot.edge import Doors, Edge, open_edge
from bot.engine.changes import Changes
from bot.engine.deciding import Decisions
from bot.engine.durable import Durable
from bot.engine.emergencies import Emergencies
from bot.engine.follow import Follow
from bot.engine.gate import SharedGate
from bot.engine.guard import Guard
from bot.engine.limits import Limits
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.engine.standing import Standing
from bot.engine.steps import Steps
from bot.engine.story import Story
from bot.gauges import Gauges
from bot.joining import ended, joined
from bot.ops import Check, Readiness, build, serving_ops
from bot.policy_file import read_policy
from bot.policy_watch import PolicyWatch
from bot.slack.directory import SlackDirectory
from bot.slack.reception import Reception
from bot.store.database import is_sqlite
from bot.store.freezes import StandingFreezes
from bot.store.ledger import Ledger, NotStored
from bot.upkeep import Upkeep
from bot.variable import Address

DRAIN_SECONDS = 5.0
DAY_SECONDS = 86400.0
_log = structlog.get_logger(__name__)


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        # Where there is one, a clock that also counts while the machine sleeps.
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def cloud_settings(settings: Settings) -> CloudSettings:
    """Return the cloud's part of the settings."""
    token = settings.tencentcloud_token
    return CloudSettings(
        api=settings.bmlb_api,
        v2_url=settings.bmlb_v2_url,
        v3_url=settings.bmlb_v3_url,
        secret_id=settings.tencentcloud_secret_id.get_secret_value(),
        secret_key=settings.tencentcloud_secret_key.get_secret_value(),
        token=token.get_secret_value() if token else "",
        region=settings.tencentcloud_region,
        rate=settings.cloud_rate,
    )


def open_cloud(settings: Settings, clock: Clock, gate: Gate | None = None) -> AbstractAsyncContextManager[Bmlb]:
    """Return the cloud client of ``settings``, to be entered; ``gate`` is what replicas share."""
    rng = random.SystemRandom()
    return open_bmlb(cloud_settings(settings), now=clock.now, sleep=clock.sleep, rng=rng, gate=gate)


def policy_of(settings: Settings) -> Policy:
    """Return the policy of ``settings``.

    Raises:
        BadPolicy: the file can't be used.
        OSError: it can't be read.
    """
    if settings.policy is None:
        return Policy(expires_after=settings.expires_minutes * 60.0)
    return read_policy(settings.policy, expires_minutes=settings.expires_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A Countersign at work: where its ops port and the one for Slack's requests are, and whether it was buried.

    ``ops`` is ``""`` without a port, ``requests`` in Socket Mode.
    """

    ops: str
    requests: str
    lost: asyncio.Event


@asynccontextmanager
async def running(settings: Settings, clock: Clock, *, http: Address | None = None) -> AsyncIterator[Running]:
    """Run Countersign while the block runs: over Socket Mode, or with Slack's requests coming to ``http``.

    On leaving, nothing new is taken in, what arrived is acknowledged and answered (``DRAIN_SECONDS`` at most), and
    runs are left to the engine, which goes on with them at the next start, or on another replica. Until Slack answers,
    what an earlier process left is followed already. Once ``lost`` is set, other replicas have taken over: leave, and
    start anew.

    Raises:
        BadPolicy: the policy file can't be used.
        InUse: another process works on the same SQLite file.
        NewerDatabase: a later version made its tables.
        NotADatabase: it can't be opened.
        NotStored: it went away while this started; the same may go through later.
        OSError: its folder isn't there, the ops port or the one for Slack can't be had.
        TokenRefused: Slack refuses the bot token or the app token.
    """
    policy = policy_of(settings)
    async with AsyncExitStack() as stack:
        ledger, standing = await stack.enter_async_context(joined(settings.database_url, clock))
        shared = not is_sqlite(settings.database_url)
        gate = SharedGate(ledger, standing, clock, rate=settings.cloud_rate) if shared else None
        cloud = await stack.enter_async_context(open_cloud(settings, clock, gate))
        durable = Durable(settings.database_url, executor=standing.replica)
        ruling = _ruling(policy, directory := SlackDirectory(), ledger, settings)
        await durable.start(_story(ledger, cloud, clock, ruling, settings, standing))
        stack.push_async_callback(durable.stop)
        gauges, doors = Gauges(), _doors(ledger, cloud, clock, ruling, durable)
        upkeep = _upkeep(ledger, standing, durable, doors, gauges, clock)
        cleaning = Cleaning(ledger, durable, clock, standing, keep=settings.retention_days * DAY_SECONDS)
        _keep_up(stack, clock, upkeep.run, cleaning.run, *_policy_watch(settings, ruling, ledger, gauges, clock))
        edge = await open_edge(settings, ledger, doors, directory, clock, standing, http)
        _keep_up(stack, clock, edge.thread.run, edge.token.run, edge.patrol.run, edge.reception.run)
        stack.push_async_callback(_drained, edge.reception, standing)
        ops = build(partial(_readiness, ledger, edge), gauges.registry)
        url = await stack.enter_async_context(serving_ops(settings.ops_addr, ops))
        await stack.enter_async_context(edge.line.up())
        yield Running(ops=url, requests=edge.line.url, lost=standing.lost)


def _upkeep(ledger: Ledger, standing: Standing, durable: Durable, doors: Doors, gauges: Gauges, clock: Clock) -> Upkeep:
    return Upkeep(
        ledger=ledger,
        standing=standing,
        durable=durable,
        changes=doors.changes,
        ruling=doors.ruling,
        gauges=gauges,
        clock=clock,
    )


def _ruling(policy: Policy, directory: SlackDirectory, ledger: Ledger, settings: Settings) -> Ruling:
    return Ruling(policy, directory, StandingFreezes(ledger), region=settings.tencentcloud_region)


def _doors(ledger: Ledger, cloud: Bmlb, clock: Clock, ruling: Ruling, durable: Durable) -> Doors:
    return Doors(
        changes=Changes(ledger, cloud, clock, ruling, durable.enqueue),
        decisions=Decisions(ledger, clock, ruling, durable.enqueue),
        emergencies=Emergencies(ledger, cloud, clock, ruling, durable.enqueue),
        ruling=ruling,
    )


def _policy_watch(
    settings: Settings, ruling: Ruling, ledger: Ledger, gauges: Gauges, clock: Clock
) -> Iterator[Callable[[], Awaitable[None]]]:
    """Yield the loop that keeps to the policy file, where there is one."""
    if settings.policy is not None:
        yield PolicyWatch(settings.policy, partial(policy_of, settings), ruling, ledger, gauges, clock).run


async def _drained(reception: Reception, standing: Standing) -> None:
    await reception.drain(0.0 if standing.lost.is_set() else DRAIN_SECONDS)


def _keep_up(stack: AsyncExitStack, clock: Clock, *loops: Callable[[], Awaitable[None]]) -> None:
    for loop in loops:
        stack.push_async_callback(ended, asyncio.create_task(_kept_up(loop, clock)))


async def _kept_up(loop: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Run ``loop``, and run it again should a fault of ours end it."""
    while True:
        try:
            return await loop()
        except Exception:  # noqa: BLE001 - posts and sweeps must go on, whatever broke one of them
            _log.exception("a loop broke and is started again")
            await clock.sleep(1.0)


def _story(ledger: Ledger, cloud: Bmlb, clock: Clock, ruling: Ruling, settings: Settings, standing: Standing) -> Story:
    limits = Limits(task=settings.task_limit_seconds, settle=settings.settle_seconds)
    guard = Guard(ledger, cloud, clock, ruling, limits)
    steps = Steps(ledger, cloud, clock, guard, limits, place=standing)
    return Story(steps, Follow(ledger, cloud, clock, limits))


async def _readiness(ledger: Ledger, edge: Edge) -> Readiness:
    try:
        await ledger.ping()
        database = Check(name="database", ok=True)
    except NotStored as away:
        database = Check(name="database", ok=False, detail=str(away))
    slack = Check(name="slack", ok=await edge.line.is_up())
    return Readiness(checks=(database, slack, token_check(edge.token.refused)))


def token_check(refused: str) -> Check:
    """Return what ``/readyz`` says of the bot token; ``refused`` is Slack's word for no, ``""`` while it takes it."""
    detail = texts.say("en", "ready/bot_token", why=refused) if refused else ""
    return Check(name="bot_token", ok=not refused, detail=detail)

"""The engine between a real ledger and the simulated cloud, on a clock that waiting moves and nothing else."""

import random
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.cloud.bmlb import Bmlb, open_bmlb
from bot.cloud.gate import Gate
from bot.cloud.settings import Api, CloudSettings
from bot.domain.change import Change
from bot.domain.operation import SetProbePort
from bot.domain.policy import Person, Policy
from bot.domain.starts import Start
from bot.engine.approving import Enqueue
from bot.engine.changes import Changes
from bot.engine.deciding import Click, Decisions
from bot.engine.doing import Do
from bot.engine.emergencies import Emergencies
from bot.engine.follow import Follow
from bot.engine.guard import Guard
from bot.engine.limits import Limits
from bot.engine.ports import Cloud as CloudPort
from bot.engine.ruling import Ruling
from bot.engine.standing import ALONE, Place
from bot.engine.starting import Starting
from bot.engine.steps import Steps
from bot.engine.story import Story
from bot.sandbox.cloud.drift import drift
from bot.sandbox.cloud.orders import Drift, FaultOrder
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud, Keys
from bot.sandbox.slack.app import App
from bot.slack.client import web_client
from bot.slack.directory import SlackDirectory, Sources
from bot.slack.groups import Groups
from bot.slack.installation import Installation
from bot.slack.people import People
from bot.store.book import Book
from bot.store.freezes import StandingFreezes
from bot.store.intake import orphans, take_in
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from tests.rooms.clock import Time
from tests.rooms.engine.telling import plain
from tests.rooms.slack.stand_in import StandIn, stand_in
from tests.rooms.store.ledgers import differing, rows, taken

KEYS = Keys(secret_id="AKIDtest", secret_key="key")
BALANCER, LISTENER = "lb-quicktst", "lbl-quicktst"
OPERATION = SetProbePort(load_balancer=BALANCER, listener=LISTENER, host="cpm-quick001", port=80, probe_port=8101)
BEFORE = 8001
LIMITS = Limits(task=30.0, settle=6.0, read_back=4.0)
ALICE = Person(id="U0ALICE", member=True, active=True, human=True, guest=False, language="en")
BOB = Person(id="U0BOB", member=True, active=True, human=True, guest=False, language="en")
MODIFY = ("ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort")


@dataclass
class World:
    sandbox: Cloud
    cloud: Bmlb
    slack: StandIn
    directory: SlackDirectory
    ledger: Ledger
    time: Time
    url: str
    server: AsyncExitStack
    policy: Policy
    _keys: int = 0

    async def enqueue(self, book: Book, change: Change) -> None:
        """Note the run in the caller's transaction: it falls with it."""
        await book.record("test", "enqueued", at=self.time.now(), change=change.id, facts={"version": change.version})

    async def enqueued(self) -> list[tuple[int, int]]:
        """Return the change and the version of every run that was enqueued."""
        found = await rows(self.ledger, events)
        return [(row["change"], row["facts"]["version"]) for row in found if row["kind"] == "enqueued"]

    def ruling(self, policy: Policy | None = None) -> Ruling:
        return Ruling(policy or self.policy, self.directory, StandingFreezes(self.ledger), region="ap-beijing")

    def changes(self, policy: Policy | None = None, *, ledger: Ledger | None = None) -> Changes:
        return Changes(ledger or self.ledger, self.cloud, self.time, self.ruling(policy), self.enqueue)

    def decisions(self, *, ledger: Ledger | None = None, enqueue: Enqueue | None = None) -> Decisions:
        return Decisions(ledger or self.ledger, self.time, self.ruling(), enqueue or self.enqueue)

    def starting(self, *, ledger: Ledger | None = None, enqueue: Enqueue | None = None) -> Starting:
        return Starting(ledger or self.ledger, self.time, enqueue or self.enqueue)

    def emergencies(self, *, ledger: Ledger | None = None, enqueue: Enqueue | None = None) -> Emergencies:
        ledger = ledger or self.ledger
        return Emergencies(ledger, self.cloud, self.time, self.ruling(), enqueue or self.enqueue)

    def steps(self, cloud: CloudPort | None = None, *, place: Place = ALONE) -> Steps:
        guard = Guard(self.ledger, cloud or self.cloud, self.time, self.ruling(), LIMITS)
        return Steps(self.ledger, cloud or self.cloud, self.time, guard, LIMITS, place=place)

    def story(self, cloud: CloudPort | None = None, *, place: Place = ALONE) -> Story:
        return Story(self.steps(cloud, place=place), Follow(self.ledger, cloud or self.cloud, self.time, LIMITS))

    async def purposes(self) -> dict[str, int]:
        """Return how often each message was wanted."""
        return {row["purpose"]: row["wanted"] for row in await rows(self.ledger, posts)}

    async def unanswered(self) -> int:
        """Return how many interactions wait for their answer."""
        async with self.ledger.reading() as book:
            return len(await orphans(book, None, in_hand=()))

    async def key(self) -> str:
        """Take in an interaction and return its key."""
        self._keys += 1
        key = f"key-{self._keys}"
        async with self.ledger.writing() as book:
            await take_in(book, taken(key, at=self.time.now()))
        return key

    async def click(self, change: Change, person: Person = BOB) -> Click:
        return Click(change=change.id, version=change.version, person=person, key=await self.key())

    async def asked(self, operation: SetProbePort = OPERATION, start: Start | None = None) -> Change:
        key, opening = await self.key(), self.changes().open
        change = await opening(operation, "because", requester=ALICE.id, channel="C0INCIDENT", key=key, start=start)
        assert change is not None
        return change

    async def approved(self, operation: SetProbePort = OPERATION, start: Start | None = None) -> Change:
        change = await self.asked(operation, start)
        await self.decisions().approve(await self.click(change))
        return await self.change(change.id)

    async def ran(
        self, change: Change, do: Do = plain, cloud: CloudPort | None = None, *, place: Place = ALONE
    ) -> Change:
        await self.story(cloud, place=place)(change.run, do)
        return await self.change(change.id)

    async def started(self, change: Change) -> None:
        """Let ``change`` take its load balancer and go no further."""
        assert await self.steps().start(change.run) == "go"

    async def change(self, number: int) -> Change:
        async with self.ledger.reading() as book:
            return await book.change(number)

    def fault(self, action: str, kind: str, **more: object) -> None:
        self.sandbox.faults.order(FaultOrder.model_validate({"action": action, "kind": kind, **more}))

    def fault_on_writes(self, kind: str, **more: object) -> None:
        for action in MODIFY:
            self.fault(action, kind, **more)

    def plan(self, **changes: object) -> None:
        self.sandbox.tasks.plan.take(changes)

    def end_tasks(self, status: int) -> None:
        """Let the cloud say ``status`` of every task from now on, without any effect."""
        for task in self.sandbox.tasks.to_json():
            known = self.sandbox.tasks.find(int(task["task"]))
            assert known
            known.plan.take({"status": status})

    def drift(self, **changes: object) -> None:
        """Let somebody else change the backend."""
        self.drift_of(OPERATION.host, **changes)

    def drift_of(self, host: str, **changes: object) -> None:
        names = {"load_balancer": BALANCER, "listener": LISTENER, "host": host, "port": OPERATION.port}
        drift(self.sandbox, Drift.model_validate({**names, "set": changes}))

    def drift_listener(self, **changes: object) -> None:
        drift(self.sandbox, Drift.model_validate({"load_balancer": BALANCER, "listener": LISTENER, "set": changes}))

    @property
    def calls(self) -> int:
        """How many modify calls reached the cloud."""
        return sum(entry["action"] in MODIFY for entry in self.sandbox.journal.to_json())

    async def stop_serving(self) -> None:
        await self.server.aclose()

    async def serve_again(self) -> None:
        await self.server.enter_async_context(running(self.sandbox, port=int(self.url.rpartition(":")[2])))


async def directory(slack: StandIn, time: Time) -> SlackDirectory:
    """Return the directory over the sandbox Slack, open."""
    client = web_client(App().bot_token, slack.api_url)
    home = Installation.of(await client.auth_test())
    people = People(client, home, language="en", now=time.now)
    opened = SlackDirectory()
    opened.opened(Sources(client=client, people=people, groups=Groups(client, home, time)))
    return opened


@asynccontextmanager
async def world(
    ledger: Ledger,
    api: Api = "v2",
    *,
    time: Time | None = None,
    patience: float = 10.0,
    gate: Gate | None = None,
    policy: Policy | None = None,
    slack: StandIn | None = None,
) -> AsyncIterator[World]:
    """Open a world; ``patience`` is how many real seconds the client waits for an answer; ``gate`` stands before it."""
    time = time or Time()
    sandbox = Cloud(load_seed(), KEYS, clock=time.clock())
    sandbox.options.take({"rate_limit": 0})  # its clock stands still between two waits
    async with AsyncExitStack() as server, AsyncExitStack() as stack:
        chat = slack if slack is not None else await stack.enter_async_context(stand_in(time))
        url = await server.enter_async_context(running(sandbox))
        cloud = await stack.enter_async_context(_client(url, api, time, patience, gate))
        yield World(sandbox, cloud, chat, await directory(chat, time), ledger, time, url, server, policy or Policy())
        assert await differing(ledger) == []  # whatever a test did to its changes


def _client(url: str, api: Api, time: Time, patience: float, gate: Gate | None) -> AbstractAsyncContextManager[Bmlb]:
    settings = CloudSettings(
        secret_id=KEYS.secret_id,
        secret_key=KEYS.secret_key,
        region="ap-beijing",
        api=api,
        v2_url=f"{url}/v2/index.php",
        v3_url=f"{url}/",
        rate=10_000.0,
        read_timeout=patience,
    )
    return open_bmlb(settings, now=time.now, sleep=time.sleep, rng=random.Random(7), gate=gate)  # noqa: S311 - a test's

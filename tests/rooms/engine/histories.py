"""Histories drawn by chance and played through the real engine: who asks and approves, and what moves meanwhile."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.domain.change import Change, State
from bot.domain.errors import Refusal
from bot.domain.operation import SetProbePort
from bot.store import line
from bot.store.tables import events
from tests.rooms.engine.drawn import WHO, policy
from tests.rooms.engine.frozen import freeze, lift
from tests.rooms.engine.plainly import Event, Moment
from tests.rooms.engine.ruled import GROUP
from tests.rooms.engine.world import BALANCER, LISTENER, OPERATION, World
from tests.rooms.store.ledgers import rows

HOSTS = tuple(f"cpm-quick00{number}" for number in range(1, 7))
REASONS = ("INC-7 the checkout is down", "the health endpoint moved")
Act = Callable[[], Awaitable[None]]


@dataclass
class History:
    """One history under way; ``made`` is its world, ``chance`` draws it."""

    made: World
    chance: random.Random
    full: set[str] = field(default_factory=lambda: set(WHO))
    team: set[str] = field(default_factory=lambda: {"U0BOB", "U0CARLA"})
    unprobed: bool = False
    moments: list[Moment] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    async def play(self, lives: int) -> Sequence[Event]:
        """Let ``lives`` changes be asked for, clicked at, disturbed and run, as far as each may; return the record."""
        self.made.policy = policy(self.chance)
        await self.made.slack.do("users", id="U0DAVE")
        for _ in range(lives):
            await self.heard(self.chance.choice((self.ask, self.ask, self.break_glass)))
            await self.heard(self.chance.choice((self.approve, self.approve, self.approve, self.reject)))
            for disturb in self.chance.choices(self.disturbances, k=self.chance.choice((0, 0, 1))):
                await self.heard(disturb)
            await self.heard(self.run)
        return await rows(self.made.ledger, events)

    @property
    def disturbances(self) -> tuple[Act, ...]:
        often = self.leave_or_join, self.lose_or_regain, self.replace_policy, self.freeze
        return *often, *often, self.drift, self.wait, self.lift, self.lift

    async def heard(self, act: Act) -> None:
        """Let ``act`` happen, or be refused."""
        await self.look()
        try:
            await act()
        except Refusal as no:
            self.told[no.code] += 1

    async def look(self) -> None:
        """Note what is so of the world from here on."""
        recorded = await rows(self.made.ledger, events)
        facts = await self.made.cloud.observe(BALANCER, LISTENER)
        self.moments.append(
            Moment(
                after=recorded[-1]["id"] if recorded else 0,
                policy=self.made.policy,
                full=frozenset(self.full),
                team=frozenset(self.team),
                probes={one.host: one.probe_port for one in facts.backends},
                unprobed=self.unprobed,
            )
        )

    # What happens.

    async def ask(self) -> None:
        await self.made.changes().open(**await self.wish())

    async def break_glass(self) -> None:
        await self.made.emergencies().open(**await self.wish())

    async def approve(self) -> None:
        """Let people press Approve on one card, one after the other."""
        change = await self.some(State.PENDING)
        for who in self.chance.sample(WHO, len(WHO)) if change else ():
            await self.heard(partial(self.press, change, who))

    async def press(self, change: Change | None, who: str) -> None:
        if change is not None:
            await self.made.decisions().approve(await self.made.click(change, await self.made.directory.identify(who)))

    async def reject(self) -> None:
        change = await self.some(State.PENDING)
        if change is not None:
            person = await self.made.directory.identify(self.chance.choice(WHO))
            await self.made.decisions().reject(await self.made.click(change, person), "no")

    async def run(self) -> None:
        """Let the first in the line run, as far as it may."""
        async with self.made.ledger.reading() as book:
            waiting = await line.in_line(book, BALANCER)
        if waiting:
            ended = await self.made.ran(waiting[0], place=Meanwhile(self))
            self.told[f"ran {ended.state}{' in an emergency' if ended.is_emergency else ''}"] += 1
            self.told[f"approved by {len(ended.approvals)}"] += 1

    async def replace_policy(self) -> None:
        self.made.policy = policy(self.chance)

    async def leave_or_join(self) -> None:
        person = self.chance.choice(WHO)
        changed = self.team ^ {person}
        self.team = changed or self.team
        await self.made.slack.do("usergroups", id=GROUP, members=sorted(self.team))

    async def lose_or_regain(self) -> None:
        person = self.chance.choice([one for one in WHO if one not in self.full] or WHO)
        loss = self.chance.choice(("deleted", "is_restricted"))
        gone = person in self.full
        self.full ^= {person}
        lost = {loss: True} if gone else {"deleted": False, "is_restricted": False}
        await self.made.slack.do("users", id=person, **lost)

    async def drift(self) -> None:
        if self.chance.random() < 1 / 2:
            self.unprobed = not self.unprobed
            self.made.drift_listener(custom_health_switch=int(not self.unprobed))
        else:
            self.made.drift_of(self.chance.choice(HOSTS), probe_port=self.chance.randint(8050, 8060))

    async def freeze(self) -> None:
        await freeze(self.made, self.chance.choice(WHO), seconds=self.chance.choice((600.0, 1800.0, 7200.0)))

    async def lift(self) -> None:
        await lift(self.made, self.chance.choice(WHO))

    async def wait(self) -> None:
        self.made.time.passed += self.chance.choice((60.0, 1800.0, 7200.0))
        await self.made.changes().expire_overdue()

    # What is drawn.

    async def wish(self) -> dict[str, Any]:
        return {
            "requester": self.chance.choice(WHO),
            "channel": "C0INCIDENT",
            "key": await self.made.key(),
            "operation": self.operation(),
            "reason": self.chance.choice(REASONS),
        }

    def operation(self) -> SetProbePort:
        host, port = self.chance.choice(HOSTS), self.chance.randint(8100, 8150)
        return replace(OPERATION, host=host, probe_port=port)

    async def some(self, state: State) -> Change | None:
        async with self.made.ledger.reading() as book:
            found = await book.find(state)
        return self.chance.choice(found) if found else None


@dataclass
class Meanwhile:
    """A place among the replicas at which somebody may freeze between the guard's look and the call, and behind it."""

    history: History
    replica: None = None
    leads: bool = True

    async def assure(self) -> None:
        if self.history.chance.random() < 1 / 5:
            try:
                await self.history.freeze()
            except Refusal as no:
                self.history.told[no.code] += 1

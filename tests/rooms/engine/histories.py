"""Histories drawn by chance and played through the real engine: who asks and approves, and what moves meanwhile."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import func, select

from bot.domain.change import Change, State
from bot.domain.errors import Refusal
from bot.domain.grant import Grant
from bot.domain.starts import Start
from bot.engine.renewing import Renewing
from bot.store import line
from bot.store.tables import events
from tests.rooms.engine.drawn import HOSTS, WHERE, WHO, operation, policy, start_of, targets_of
from tests.rooms.engine.frozen import freeze, lift
from tests.rooms.engine.granted import give, revoke
from tests.rooms.engine.ruled import GROUP
from tests.rooms.engine.watched import Event, Gift, Moment, Watched, Wish
from tests.rooms.engine.world import BALANCER, LISTENER, World
from tests.rooms.store.ledgers import rows

REASONS = ("INC-7 the checkout is down", "the health endpoint moved")
Act = Callable[[], Awaitable[None]]
Opening = Callable[..., Awaitable[Change | None]]


@dataclass
class History:
    """One history under way; ``made`` is its world, ``chance`` draws it."""

    made: World
    chance: random.Random
    full: set[str] = field(default_factory=lambda: set(WHO))
    team: set[str] = field(default_factory=lambda: {"U0BOB", "U0CARLA"})
    unprobed: bool = False
    grants: list[Grant] = field(default_factory=list)
    watched: Watched = field(default_factory=Watched)
    told: Counter[str] = field(default_factory=Counter)

    async def play(self, lives: int) -> Sequence[Event]:
        """Let ``lives`` changes be asked for, clicked at, disturbed and run, as far as each may; return the record."""
        self.made.policy = policy(self.chance)
        await self.made.slack.do("users", id="U0DAVE")
        for _ in range(lives):
            for _ in range(self.chance.choice((0, 1, 3))):
                await self.heard(self.give)
            if self.chance.random() < 1 / 4:
                await self.heard(self.revoke)
            await self.heard(self.chance.choice((self.ask, self.ask, self.ask, self.break_glass)))
            for _ in range(2):
                await self.heard(self.chance.choice((self.approve, self.approve, self.approve, self.reject)))
            for disturb in self.chance.choices(self.disturbances, k=self.chance.choice((0, 1, 1))):
                await self.heard(disturb)
            await self.heard(self.reach)
            await self.heard(self.sweep)
            for _ in range(2):
                await self.heard(self.run)
        return await rows(self.made.ledger, events)

    @property
    def disturbances(self) -> tuple[Act, ...]:
        often = self.leave_or_join, self.lose_or_regain, self.lose_or_regain, self.replace_policy, self.freeze
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
        async with self.made.ledger.reading() as book:
            last = (await book.connection.execute(select(func.max(events.c.id)))).scalar()
        facts = await self.made.cloud.observe(BALANCER, LISTENER)
        self.watched.moments.append(
            Moment(
                after=last or 0,
                policy=self.made.policy,
                full=frozenset(self.full),
                team=frozenset(self.team),
                probes={one.host: one.probe_port for one in facts.backends},
                unprobed=self.unprobed,
            )
        )

    # What happens.

    async def ask(self) -> None:
        start = start_of(self.chance, self.made.time.now())
        await self.opened(partial(self.made.changes().open, start=start), start)

    async def break_glass(self) -> None:
        await self.opened(self.made.emergencies().open, None)

    async def opened(self, opening: Opening, start: Start | None) -> None:
        wish = await self.wish()
        change = await opening(**wish)
        assert change is not None
        self.watched.wishes[change.id] = Wish(channel=wish["channel"], start=start)
        self.told["began with a grant"] += any(one.grant is not None for one in change.approvals)

    async def approve(self) -> None:
        """Let people press Approve on one card, one after the other."""
        change = await self.some(State.PENDING)
        for who in self.chance.sample(WHO, self.chance.randint(1, len(WHO))) if change else ():
            await self.heard(partial(self.press, change, who))

    async def press(self, change: Change | None, who: str) -> None:
        if change is not None:
            await self.made.decisions().approve(await self.made.click(change, await self.made.directory.identify(who)))
            self.watched.presses.add((change.id, change.version, who))

    async def reject(self) -> None:
        change = await self.some(State.PENDING)
        if change is not None:
            person = await self.made.directory.identify(self.chance.choice(WHO))
            await self.made.decisions().reject(await self.made.click(change, person), "no")

    async def sweep(self) -> None:
        await self.made.changes().expire_overdue()
        await self.made.starting().begin_due()
        await Renewing(self.made.ledger, self.made.time, self.made.ruling()).thaw()

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
        """Let somebody go on whom an approval rests, or anybody, or come back who is away."""
        change = await self.some(State.APPROVED)
        relied = [one for one in change.approvers if one in self.full] if change else []
        away = [one for one in WHO if one not in self.full]
        person = self.chance.choice(self.chance.choice((relied, away)) or WHO)
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

    async def reach(self) -> None:
        """Let time pass, now and then, until about when something is to start."""
        async with self.made.ledger.reading() as book:
            waiting = [one.start.at for one in await book.find(State.APPROVED) if one.waits_for_start and one.start]
        if waiting and self.chance.random() < 1 / 3:
            left = min(waiting) - self.made.time.now()
            self.made.time.passed += max(0.0, left + self.chance.choice((-1.0, 0.0, 60.0, 1900.0, 3600.0)))

    async def give(self) -> None:
        """Let somebody approve in advance, and note what they wanted."""
        by, channel, targets = self.chance.choice(WHO), self.chance.choice(WHERE), targets_of(self.chance)
        minutes, uses = self.chance.choice((10, 30, 60)), self.chance.choice((1, 1, 1, 2, 5))
        lasts, ends = minutes * 60.0, self.made.time.now() + minutes * 60.0
        grant = await give(self.made, by, channel=channel, targets=targets, minutes=minutes, uses=uses)
        self.grants.append(grant)
        gift = Gift(by=by, channel=channel, targets=targets, lasts=lasts, ends=ends, uses=uses)
        self.watched.gifts[grant.name] = gift
        self.told["given"] += 1

    async def revoke(self) -> None:
        if self.grants:
            grant = self.chance.choice(self.grants[-2:])
            await revoke(self.made, grant, self.chance.choice((grant.giver, grant.giver, *WHO)))
            self.told["revoked"] += 1

    # What is drawn.

    async def wish(self) -> dict[str, Any]:
        return {
            "requester": self.chance.choice(WHO),
            "channel": self.chance.choice(WHERE),
            "key": await self.made.key(),
            "operation": operation(self.chance),
            "reason": self.chance.choice(REASONS),
        }

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
        if self.history.chance.random() < 1 / 8:
            try:
                await self.history.freeze()
            except Refusal as no:
                self.history.told[no.code] += 1

"""How people live through a plan: they type, wait for the card, decide, and try again where nobody heard them."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import gmtime, strftime, time

from tests.chaos.cloudside import CloudSide
from tests.chaos.history import Drift
from tests.chaos.incidents import Incidents
from tests.chaos.people import Json, People
from tests.chaos.places import EXPIRES_SECONDS
from tests.chaos.plan import MINUTE, Fate, Plan, Wish

APPROVE, REJECT, CANCEL = "change_approve", "change_reject", "change_cancel"
FOREIGN = 7000  # nobody's wish: what somebody else sets lies below
CARD_SECONDS = 6.0
LAST_SECONDS = (-3.0, 0.5)  # after the card was seen, which is a little after the request
AHEAD_SECONDS = 4.0  # that a start is ahead at least, which may have to be typed again
A_MINUTE = 60.0


@dataclass(eq=False, kw_only=True)
class Lives:
    """The people of one round, and somebody else who is at the cloud's own console.

    ``left_alone`` and ``to_review`` are probe ports: whose changes nobody decides, whose emergencies are reviewed.
    """

    people: People
    cloud: CloudSide
    rng: random.Random
    drifts: list[Drift] = field(default_factory=list)
    left_alone: set[int] = field(default_factory=set)
    to_review: set[int] = field(default_factory=set)
    _incidents: Incidents = field(init=False)

    def __post_init__(self) -> None:
        self._incidents = Incidents(people=self.people, rng=self.rng)

    async def live(self, plan: Plan) -> None:
        """Play ``plan`` until everybody did what they could."""
        typed = [self.people.types(who, text) for who, text in plan.lines]
        await asyncio.gather(*(self._live(wish) for wish in plan.wishes), *typed)

    async def _live(self, wish: Wish) -> None:
        await asyncio.sleep(wish.delay)
        await self._incidents.before(wish)
        heard, _ = await asyncio.gather(self._asks(wish), self._incidents.meanwhile(wish))
        card = await self.people.card(wish.reason, seconds=CARD_SECONDS) if heard else None
        if card is not None:
            await self._fates[wish.fate](wish, card)
        await self._incidents.after(wish)

    async def _asks(self, wish: Wish) -> bool:
        return await self.people.insist(
            lambda: self.people.types(wish.who, wish.command.replace(MINUTE, next_minute(time())))
        )

    @property
    def _fates(self) -> dict[Fate, Callable[[Wish, Json], Awaitable[None]]]:
        return {
            Fate.APPROVED: self._approved,
            Fate.APPROVED_TWICE: self._twice,
            Fate.TWO_APPROVERS: self._by_two,
            Fate.OWN_APPROVAL: self._own,
            Fate.APPROVED_AND_REJECTED: self._torn,
            Fate.APPROVED_AND_TAKEN_BACK: self._regretted,
            Fate.REJECTED: self._rejected,
            Fate.TAKEN_BACK: self._taken_back,
            Fate.OVERTAKEN: self._overtaken,
            Fate.OVERTAKEN_LATE: self._overtaken_late,
            Fate.LEFT_ALONE: self._left,
            Fate.LAST_MOMENT: self._at_the_last_moment,
            Fate.FROZEN: self._frozen,
            Fate.FROZEN_BEFORE: self._both,
            Fate.FREEZE_ENDS: self._frozen,
            Fate.GRANTED: self._nothing,
            Fate.GRANT_REVOKED: self._nothing,
            Fate.EMERGENCY: self._nothing,
            Fate.REVIEWED: self._reviewed,
            Fate.EMERGENCY_FROZEN: self._nothing,
            Fate.IN_WINDOW: self._approved,
            Fate.START_TAKEN_BACK: self._regretted,
            Fate.STARTS_LATER: self._approved,
        }

    async def _approved(self, wish: Wish, card: Json) -> None:
        await self.people.insist(lambda: self.people.presses(wish.decider, card, APPROVE))

    async def _twice(self, wish: Wish, card: Json) -> None:
        await self._approved(wish, card)
        await self._approved(wish, card)

    async def _by_two(self, wish: Wish, card: Json) -> None:
        third = self.people.insist(lambda: self.people.presses(wish.third, card, APPROVE))
        await asyncio.gather(self._approved(wish, card), third)

    async def _own(self, wish: Wish, card: Json) -> None:
        await self.people.insist(lambda: self.people.presses(wish.who, card, APPROVE))
        await self._approved(wish, card)

    async def _torn(self, wish: Wish, card: Json) -> None:
        await asyncio.gather(self._approved(wish, card), self._reject(wish.third, card))

    async def _regretted(self, wish: Wish, card: Json) -> None:
        await self._approved(wish, card)
        await self.people.insist(lambda: self.people.presses(wish.who, card, CANCEL))

    async def _rejected(self, wish: Wish, card: Json) -> None:
        await self._reject(wish.decider, card)

    async def _taken_back(self, wish: Wish, card: Json) -> None:
        await self.people.insist(lambda: self.people.presses(wish.who, card, CANCEL))

    async def _overtaken(self, wish: Wish, card: Json) -> None:
        await self._drift(wish)
        await self._approved(wish, card)

    async def _overtaken_late(self, wish: Wish, card: Json) -> None:
        await self._approved(wish, card)
        await asyncio.sleep(self.rng.uniform(0, 2))
        await self._drift(wish)

    async def _left(self, wish: Wish, _card: Json) -> None:
        self.left_alone.add(wish.value)

    async def _at_the_last_moment(self, wish: Wish, card: Json) -> None:
        await asyncio.sleep(EXPIRES_SECONDS + self.rng.uniform(*LAST_SECONDS))
        await self._approved(wish, card)

    async def _frozen(self, wish: Wish, card: Json) -> None:
        await asyncio.gather(self._approved(wish, card), self._incidents.freezes(wish))

    async def _both(self, wish: Wish, card: Json) -> None:
        await self._approved(wish, card)
        await self.people.insist(lambda: self.people.presses(wish.third, card, APPROVE))

    async def _reviewed(self, wish: Wish, card: Json) -> None:
        self.to_review.add(wish.value)
        await self._incidents.reviews(wish, card)

    async def _nothing(self, _wish: Wish, _card: Json) -> None:
        """Leave it to what was done before: it runs at once, or people are asked and tidy up."""

    async def _reject(self, who: str, card: Json) -> None:
        await self.people.insist(lambda: self.people.presses(who, card, REJECT))
        await self.people.insist(lambda: self.people.submits(who), times=4)

    async def _drift(self, wish: Wish) -> None:
        value = FOREIGN + self.rng.randrange(900)
        began = time()
        await self.cloud.drift(wish.place, probe_port=value)
        self.drifts.append(Drift(at=began, target=wish.place.target, value=value))


def next_minute(now: float) -> str:
    """Return the first full minute that is ``AHEAD_SECONDS`` or more behind ``now``, as ``--at`` takes it."""
    return strftime("%Y-%m-%dT%H:%MZ", gmtime(now + AHEAD_SECONDS + A_MINUTE - 1e-3))

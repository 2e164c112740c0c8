"""How people live through a plan: they type, wait for the card, decide, and try again where nobody heard them."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic, time

from tests.chaos.cloudside import CloudSide
from tests.chaos.database import Row
from tests.chaos.history import Drift
from tests.chaos.people import GLANCE, IDS, PEOPLE, Json, People
from tests.chaos.places import EXPIRES_SECONDS
from tests.chaos.plan import Fate, Plan, Wish

APPROVE, REJECT, CANCEL, CHECK_AGAIN = "change_approve", "change_reject", "change_cancel", "change_check_again"
FOREIGN = 7000  # nobody's wish: what somebody else sets lies below
CARD_SECONDS = 6.0
MISSED_SECONDS = 4.0  # between two questions where a deleted card stays away
LAST_SECONDS = (-3.0, 0.5)  # after the card was seen, which is a little after the request
SPARE = 8995  # a probe port that is nobody's wish


@dataclass(eq=False, kw_only=True)
class Lives:
    """The people of one round, and somebody else who is at the cloud's own console.

    ``is_deleted`` says whether somebody deleted the card of a change (``CR-7``).
    """

    people: People
    cloud: CloudSide
    rng: random.Random
    is_deleted: Callable[[str], bool]
    drifts: list[Drift] = field(default_factory=list)
    _looked: set[int] = field(default_factory=set)
    _left_alone: set[int] = field(default_factory=set)  # probe ports
    _missed: dict[int, float] = field(default_factory=dict)  # since when a card was looked for in vain

    async def live(self, plan: Plan) -> None:
        """Play ``plan`` until everybody did what they could."""
        typed = [self.people.types(who, text) for who, text in plan.lines]
        await asyncio.gather(*(self._live(wish) for wish in plan.wishes), *typed)

    async def _live(self, wish: Wish) -> None:
        await asyncio.sleep(wish.delay)
        if not await self.people.insist(lambda: self.people.types(wish.who, wish.command)):
            return
        card = await self.people.card(wish.reason, seconds=CARD_SECONDS)
        if card is not None:
            await self._fates[wish.fate](wish, card)

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
        self._left_alone.add(wish.value)

    async def _at_the_last_moment(self, wish: Wish, card: Json) -> None:
        await asyncio.sleep(EXPIRES_SECONDS + self.rng.uniform(*LAST_SECONDS))
        await self._approved(wish, card)

    async def _reject(self, who: str, card: Json) -> None:
        await self.people.insist(lambda: self.people.presses(who, card, REJECT))
        await self.people.insist(lambda: self.people.submits(who), times=4)

    async def _drift(self, wish: Wish) -> None:
        value = FOREIGN + self.rng.randrange(900)
        began = time()
        await self.cloud.drift(wish.place, probe_port=value)
        self.drifts.append(Drift(at=began, target=wish.place.target, value=value))

    async def tidy(self, changes: list[Row]) -> bool:
        """Decide what still waits for people, look once more at what nobody knows; return whether anybody did."""
        acted = [
            await self._decide(row) if row["state"] == "PENDING" else await self._look_again(row)
            for row in changes
            if row["state"] in {"PENDING", "UNKNOWN"} and row["operation"]["probe_port"] not in self._left_alone
        ]
        return any(acted)

    async def _decide(self, row: Row) -> bool:
        card = await self.people.card(f"CR-{row['id']}:", seconds=GLANCE, action=APPROVE)
        decider = next(who for who in ("bob", "carla") if row["requester"] != IDS[who])
        if card is None:
            return await self._miss(row)
        self._missed.pop(row["id"], None)
        return await self.people.presses(decider, card, APPROVE)

    async def _miss(self, row: Row) -> bool:
        """Ask for another change on the same backend: who is in the way of one is told where its card stands."""
        since = self._missed.setdefault(row["id"], monotonic())
        if monotonic() - since < MISSED_SECONDS or not self.is_deleted(f"CR-{row['id']}"):
            return False  # it is on its way
        del self._missed[row["id"]]
        balancer, listener, backend = row["target"].split("/")
        asker = next(who for who in PEOPLE if row["requester"] == IDS[who])
        return await self.people.types(asker, f"probe-port {balancer} {listener} {backend} {SPARE} where is the card")

    async def _look_again(self, row: Row) -> bool:
        """Press Check again, once for each change whose card stands."""
        if row["id"] in self._looked:
            return False
        card = await self.people.card(f"CR-{row['id']}:", seconds=GLANCE, action=CHECK_AGAIN)
        if card is not None and await self.people.presses("bob", card, CHECK_AGAIN):
            self._looked.add(row["id"])
        return card is not None

"""What people do around a wish in an incident: freeze and lift, approve in advance and revoke, review an emergency."""

import asyncio
import random
import re
from dataclasses import dataclass

from tests.chaos.people import Json, People
from tests.chaos.plan import FREEZES, GRANTS, Fate, Wish
from tests.chaos.shown import titled

TOLD_SECONDS = 4.0  # until the channel is told of a freeze or a grant
OVER_SECONDS = 10.0  # until an emergency is over, so that it can be reviewed
OVER = ("✅ *", "❌ *", "❓ *")  # what the card of one that is over says
FROZEN_SECONDS = (0.0, 2.0)
GRANT = re.compile(r"G-[0-9]+")
NOTE = "looked at it"


@dataclass(eq=False, kw_only=True)
class Incidents:
    """Everybody in one channel, apart from who asks and who presses buttons."""

    people: People
    rng: random.Random

    async def before(self, wish: Wish) -> None:
        """Do what is done before ``wish`` is asked for, and wait until the channel knows."""
        if wish.fate in GRANTS:
            await self._types(wish.decider, wish.grant)
            await self.people.card(wish.drill, seconds=TOLD_SECONDS)
        if wish.fate is Fate.FROZEN_BEFORE:
            await self.freezes(wish)
            await self.people.card(wish.quiet, seconds=TOLD_SECONDS)

    async def meanwhile(self, wish: Wish) -> None:
        """Do what is done while ``wish`` is asked for."""
        if wish.fate is Fate.EMERGENCY_FROZEN:
            await self.freezes(wish)
        if wish.fate is Fate.GRANT_REVOKED:
            notice = await self.people.card(wish.drill, seconds=0.1)
            for name in GRANT.findall(notice["text"])[:1] if notice is not None else ():
                await self._types(wish.third, f"revoke {name} enough")

    async def after(self, wish: Wish) -> None:
        """Do what is done once everybody did what they could for ``wish``."""
        if wish.fate in FREEZES:
            await asyncio.sleep(self.rng.uniform(*FROZEN_SECONDS))
            await self._types(wish.third, f"unfreeze {wish.place.load_balancer} it is out")

    async def freezes(self, wish: Wish) -> None:
        """Let the third person freeze the load balancer."""
        await self._types(wish.third, wish.freeze)

    async def reviews(self, wish: Wish, card: Json) -> None:
        """Let all three sign the review at once when it is over: who asked may not, one of the others comes late."""
        over = await self.people.card(wish.reason, seconds=OVER_SECONDS, says=OVER)
        line = f"review {titled((over or card)['text'])} {NOTE}"
        await asyncio.gather(*(self._types(who, line) for who in (wish.who, wish.decider, wish.third)))

    async def _types(self, who: str, line: str) -> None:
        await self.people.insist(lambda: self.people.types(who, line))

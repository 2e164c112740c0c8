"""How people tidy up at the end of a round, so that nothing waits and the next one isn't disturbed."""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from time import monotonic, time

from tests.chaos.database import Database, Row
from tests.chaos.incidents import NOTE
from tests.chaos.people import GLANCE, IDS, PEOPLE, People
from tests.chaos.rules.states import RESTING

APPROVE, CHECK_AGAIN = "change_approve", "change_check_again"
AGAIN_SECONDS = 4.0  # between two lines that are typed for the same thing
SPARE = 8995  # a probe port that is nobody's wish
LEFT = (
    "SELECT * FROM changes ORDER BY id",
    "SELECT * FROM freezes WHERE lifted_at IS NULL ORDER BY id",
    "SELECT id, channel, until FROM grants WHERE revoked_at IS NULL AND used < uses ORDER BY id",
    "SELECT change FROM reviews WHERE signed_at IS NULL ORDER BY change",
)


@dataclass(eq=False, kw_only=True)
class Tidying:
    """The people of one round, once all is mended.

    ``is_deleted`` says whether somebody deleted the card of a change (``CR-7``). Nobody decides on a change to one of
    the probe ports ``left_alone``; who asked for one ``to_review`` counts on the review of its emergency.
    """

    people: People
    is_deleted: Callable[[str], bool]
    left_alone: Container[int]
    to_review: Container[int]
    _looked: set[int] = field(default_factory=set)
    _missed: dict[int, float] = field(default_factory=dict)  # since when a card was looked for in vain
    _typed: dict[str, float] = field(default_factory=dict)  # when a line was typed last

    async def tidy(self, database: Database) -> bool:
        """Lift, revoke and review what is left, decide what waits for people, look again at what nobody knows.

        Return whether there was anything.
        """
        changes, freezes, grants, reviews = await asyncio.to_thread(database.look, *LEFT)
        mine = {row["id"]: row for row in changes if row["channel"] == self.people.channel}
        now = time()
        lines = [f"unfreeze {row['load_balancer']} the drill is over" for row in freezes if row["until"] > now]
        lines += [f"revoke G-{row['id']}" for row in grants if row["until"] > now and self._is_here(row)]
        to_sign = [mine[row["change"]] for row in reviews if row["change"] in mine]
        reviewed = [await self._review(row) for row in to_sign if _value(row) in self.to_review]
        if any([await self._types("bob", line) for line in lines]):
            return True  # what waits for people is decided once nothing is frozen any more
        acted = [
            await self._decide(row) if row["state"] == "PENDING" else await self._look_again(row)
            for row in mine.values()
            if row["state"] in {"PENDING", "UNKNOWN"} and _value(row) not in self.left_alone
        ]
        return any([*reviewed, *acted])

    def _is_here(self, row: Row) -> bool:
        return bool(row["channel"] == self.people.channel)

    async def _types(self, who: str, line: str) -> bool:
        """Type ``line``, unless it was typed just now: it is on its way."""
        if monotonic() - self._typed.get(line, 0.0) >= AGAIN_SECONDS and await self.people.types(who, line):
            self._typed[line] = monotonic()
        return True

    async def _review(self, row: Row) -> bool:
        if row["state"] not in RESTING:
            return False
        return await self._types(_another(row), f"review CR-{row['id']} {NOTE}")

    async def _decide(self, row: Row) -> bool:
        card = await self.people.card(f"CR-{row['id']}:", seconds=GLANCE, action=APPROVE)
        if card is None:
            return await self._miss(row)
        self._missed.pop(row["id"], None)
        return await self.people.presses(_another(row), card, APPROVE)

    async def _miss(self, row: Row) -> bool:
        """Ask for another change on the same backend: who is in the way of one is told where its card stands."""
        since = self._missed.setdefault(row["id"], monotonic())
        if monotonic() - since < AGAIN_SECONDS or not self.is_deleted(f"CR-{row['id']}"):
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


def _value(row: Row) -> int:
    return int(row["operation"]["probe_port"])


def _another(row: Row) -> str:
    """Return somebody who did not ask for the change."""
    return next(who for who in ("bob", "carla") if row["requester"] != IDS[who])

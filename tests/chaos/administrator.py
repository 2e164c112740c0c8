"""Slack's administrator: archives the channel, takes the bot out of it, deletes messages, revokes the token."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import time

from tests.chaos.history import Closure, Deletion
from tests.chaos.people import BOT, PEOPLE, Json, People, purpose
from tests.chaos.sabotage import Act, Deed
from tests.chaos.shown import titled

GLANCE = 0.1
AWAITED_SECONDS = 4.0  # for a message to delete where none stands yet


@dataclass(eq=False, kw_only=True)
class Administrator:
    """What was done to the channel of one round: ``closures``, and ``deletions`` by the message's ``ts``."""

    people: People
    closures: list[Closure] = field(default_factory=list)
    deletions: dict[str, Deletion] = field(default_factory=dict)

    def deleted_card(self, change: str) -> bool:
        """Say whether a card of ``change`` was deleted."""
        return any((one.change, one.purpose) == (change, "card") for one in self.deletions.values())

    async def does(self, act: Act, begun: asyncio.Event) -> None:
        """Do what ``act`` says, set ``begun`` once it is so, and mend it in time."""
        try:
            found = await self._strikes(act)
        finally:
            begun.set()
        if not found:
            await self._deletes_later(act)
        elif act.deed is not Deed.DELETE:
            await asyncio.sleep(act.seconds)
            await self._mends(act)

    async def _strikes(self, act: Act) -> bool:
        match act.deed:
            case Deed.ARCHIVE:
                self.closures.append(Closure(at=time(), why="is_archived"))
                await self._sets(is_archived=True)
            case Deed.REMOVE:
                self.closures.append(Closure(at=time(), why="not_in_channel"))
                await self._sets(members=[*PEOPLE])
            case Deed.REVOKE:
                await self.people.control("faults", kind="revoked_token", times=0)
            case Deed.DELETE:
                return await self._deletes(card=act.card)
        return True

    async def _mends(self, act: Act) -> None:
        match act.deed:
            case Deed.ARCHIVE:
                await self._sets(is_archived=False)
            case Deed.REMOVE:
                await self._sets(members=[*PEOPLE, BOT])
            case Deed.REVOKE:
                await self.people.forgive()

    async def _sets(self, **fields: object) -> None:
        await self.people.control("channels", id=self.people.channel, **fields)

    async def _deletes_later(self, act: Act) -> None:
        for _ in range(round(AWAITED_SECONDS / GLANCE)):
            await asyncio.sleep(GLANCE)
            if await self._deletes(card=act.card):
                return

    async def _deletes(self, *, card: bool) -> bool:
        """Delete the newest card, or the newest message in a thread; return whether there was one."""
        found = max(self._standing(await self.people.messages(), card=card), key=lambda one: one[0], default=None)
        if found is None:
            return False
        ts, change, what = found
        await self.people.control("faults", kind="message_deleted", channel=self.people.channel, ts=ts)
        self.deletions[ts] = Deletion(at=time(), change=change, purpose=what)
        return True

    def _standing(self, messages: list[Json], *, card: bool) -> Iterator[tuple[str, str, str]]:
        for top in messages:
            gone = self.deletions.get(top["ts"])
            change = gone.change if gone is not None else titled(str(top["text"]))
            for one in [top] if card else top["replies"]:
                if not one["ephemeral_to"] and not one["deleted"] and (not card or purpose(one) == "card"):
                    yield one["ts"], change, purpose(one)

"""People's hands and eyes in the channel of one round, over the control API of the sandbox Slack."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.history import Deed

Json = dict[str, Any]
PEOPLE = ("alice", "bob", "carla")
BOT = "countersign"
IDS = {"alice": "U0ALICE", "bob": "U0BOB", "carla": "U0CARLA"}
GLANCE = 0.15  # seconds between two looks
AGAIN = 0.7  # seconds until somebody who was not heard tries again
NOTE = "not now"


@dataclass(eq=False, kw_only=True)
class People:
    """Everybody in one channel. ``deeds`` is what they did so far, ``read`` the direct messages from before it."""

    url: str
    http: httpx.AsyncClient
    channel: str
    deeds: list[Deed] = field(default_factory=list)
    read: frozenset[str] = frozenset()
    _hands: dict[str, asyncio.Lock] = field(default_factory=lambda: {who: asyncio.Lock() for who in PEOPLE})

    async def gather(self) -> None:
        """Make the channel with everybody in it; what an earlier round left before them is closed and read."""
        await self.control("channels", id=self.channel, members=[*PEOPLE, BOT])
        for who in PEOPLE:
            for view in await self.forms(who):
                await self.control("close", user=who, view=view["id"])
        self.read = frozenset(message["ts"] for _, message in direct(await self.state()))

    async def control(self, what: str, **wish: object) -> Json:
        """Post ``wish`` to the control API."""
        answer = await self.http.post(f"{self.url}/sandbox/{what}", json=wish)
        if answer.status_code != httpx.codes.OK:
            raise AssertionError(answer.text)
        return dict(answer.json())

    async def forgive(self) -> None:
        """Clear every fault of Slack."""
        await self.http.delete(f"{self.url}/sandbox/faults")

    async def types(self, who: str, text: str) -> bool:
        """Type ``/lb text``; return whether it was heard."""
        outcome = await self.control("type", user=who, channel=self.channel, text=f"/lb {text}")
        return self._noted("command", who, text, outcome)

    async def presses(self, who: str, card: Json, action: str) -> bool:
        """Press a button of ``card`` as it was seen, perhaps an old copy; return whether it was heard."""
        found = button(card, action)
        if found is None:
            return False
        block, value = found
        wish = {"user": who, "channel": self.channel, "ts": card["ts"], "action_id": action, "block_id": block}
        return self._noted(action, who, value, await self.control("press", **wish))

    async def submits(self, who: str) -> bool:
        """Fill in the form in front of ``who`` and send it; return whether it was heard."""
        async with self._hands[who]:  # one form at a time: who has two lives doesn't send the same form from both
            return await self._submits(who)

    async def _submits(self, who: str) -> bool:
        for view in await self.forms(who):
            value = str(view["private_metadata"]).partition(" ")[2]
            wish = {"user": who, "view": view["id"], "values": {"note": {"note": NOTE}}}
            return self._noted("rejection", who, value, await self.control("submit", **wish))
        return False

    async def forms(self, who: str) -> list[Json]:
        """Return the forms in front of ``who``."""
        return list((await self.state(user=who))["views"])

    async def insist(self, deed: Callable[[], Awaitable[bool]], *, times: int = 8) -> bool:
        """Do ``deed`` until it is heard."""
        for _ in range(times):
            if await deed():
                return True
            await asyncio.sleep(AGAIN)
        return False

    async def state(self, **query: str) -> Json:
        """Return the workspace."""
        return dict((await self.http.get(f"{self.url}/sandbox/state", params=query)).json())

    async def messages(self) -> list[Json]:
        """Return the channel's top level, with replies."""
        state = await self.state()
        return next((list(one["messages"]) for one in state["channels"] if one["id"] == self.channel), [])

    async def card(self, of: str, *, seconds: float, action: str = "", says: tuple[str, ...] = ("",)) -> Json | None:
        """Return the card, or notice, that shows ``of`` once it stands, None if it doesn't.

        It has the button ``action``, if one is given, and says one of ``says``.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    for one in await self.messages():
                        shown = not one["ephemeral_to"] and not one["deleted"] and of in one["text"]
                        fits = any(words in one["text"] for words in says)
                        if shown and fits and (not action or button(one, action)):
                            return one
                    await asyncio.sleep(GLANCE)
        return None

    def _noted(self, kind: str, who: str, said: str, outcome: Json) -> bool:
        heard = bool(outcome["ok"]) and not outcome["errors"]
        self.deeds.append(Deed(kind=kind, user=IDS[who], said=said, heard=heard))
        return heard


def direct(state: Json) -> list[tuple[str, Json]]:
    """Return every direct message of the bot's, with whom it is for."""
    return [
        (member, message)
        for channel in state["channels"]
        if channel["is_im"]
        for message in channel["messages"]
        for member in channel["members"]
        if member in IDS.values()
    ]


def purpose(message: Json) -> str:
    """Return what ``message`` of the bot is for, as its metadata tell."""
    return str(((message["metadata"] or {}).get("event_payload") or {}).get("purpose", ""))


def button(card: Json, action: str) -> tuple[str, str] | None:
    """Return the block and the value of the button ``action`` of ``card``."""
    for block in card["blocks"]:
        for element in block.get("elements", []) if block["type"] == "actions" else []:
            if element["action_id"] == action:
                return str(block["block_id"]), str(element["value"])
    return None

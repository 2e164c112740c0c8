"""The stage of a story: people's hands and eyes in one channel of the sandbox Slack, with the real bot in it."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from bot.sandbox.slack.app import App
from bot.slack.cards import APPROVE
from tests.story.backends import Backend
from tests.story.cloud_side import CloudSide
from tests.story.record import Record
from tests.story.waiting import until

T = TypeVar("T")
Json = dict[str, Any]
Message = dict[str, Any]  # as the sandbox's state tells it

PEOPLE = ("alice", "bob", "carla", "gustav", "stranger")
BOT = "countersign"
IDS = {"alice": "U0ALICE", "bob": "U0BOB", "carla": "U0CARLA", "gustav": "U0GUEST", "stranger": "U0STRANGE"}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One story's channel, and three backends of one load balancer that no other story touches."""

    url: str
    http: httpx.AsyncClient
    cloud: CloudSide
    record: Record
    channel: str
    backend: Backend
    siblings: tuple[Backend, ...]

    async def open(self) -> None:
        """Make the channel with everybody in it, and tasks quick."""
        await self.control("channels", id=self.channel, members=[*PEOPLE, BOT])
        await self.cloud.reset()

    async def reset(self) -> None:
        """Clear faults and make tasks quick."""
        await self.http.delete(f"{self.url}/sandbox/faults")
        await self.cloud.reset()

    async def join(self, *ids: str) -> None:
        """Let new people into the workspace and the channel."""
        for who in ids:
            await self.control("users", id=who)
        await self.control("channels", id=self.channel, members=[*PEOPLE, BOT, *ids])

    # Hands.

    async def control(self, what: str, **wish: object) -> Json:
        """Post ``wish`` to the control API of the sandbox Slack: what a person or an administrator does."""
        answer = await self.http.post(f"{self.url}/sandbox/{what}", json=wish)
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    async def fault(self, kind: str, method: str | None = None, **more: object) -> None:
        """Let the sandbox Slack have a bad day."""
        await self.control("faults", kind=kind, **({"method": method} if method else {}), **more)

    async def types(self, who: str, text: str, *, channel: str = "") -> None:
        """Type ``text`` into the story's channel, and be heard."""
        outcome = await self.control("type", user=who, channel=channel or self.channel, text=text)
        assert outcome["ok"], outcome

    async def presses(self, who: str, card: Message, action: str, **forged: str) -> None:
        """Press a button of ``card``, and be heard; ``forged`` may hold a ``value`` or an older ``block_id``."""
        wish = {"user": who, "channel": self.channel, "ts": card["ts"], "action_id": action, **forged}
        outcome = await self.control("press", **wish)
        assert outcome["ok"], outcome

    async def approved(self, card: Message, *, by: str = "bob") -> str:
        """Approve ``card`` and return the result."""
        await self.presses(by, card, APPROVE)
        return await self.result(card)

    async def submits(self, who: str, note: str) -> Json:
        """Fill in the form in front of ``who`` and send it; return what they see."""
        form = await self.form(who)
        return await self.control("submit", user=who, view=form["id"], values={"note": {"note": note}})

    async def asks(self, probe_port: int = 8123, *, backend: Backend | None = None, who: str = "alice") -> Message:
        """Type the command and return the card that appears."""
        before = len(await self.cards())
        await self.types(who, (backend or self.backend).command(probe_port))

        async def look() -> list[Message]:
            return (await self.cards())[before:]

        return (await self._until("a new card", look))[0]

    # Eyes.

    async def messages(self, channel: str = "") -> list[Message]:
        """Return the channel's top level, everybody's ephemeral messages included, each with its ``replies``."""
        state = (await self.http.get(f"{self.url}/sandbox/state")).json()
        return [
            one for place in state["channels"] if place["id"] == (channel or self.channel) for one in place["messages"]
        ]

    async def cards(self) -> list[Message]:
        """Return every top-level message that all see and nobody deleted."""
        return [one for one in await self.messages() if not one["ephemeral_to"] and not one["deleted"]]

    async def card(self, showing: str = "", *, of: Message | None = None) -> Message:
        """Return the card as soon as it shows ``showing``: the one ``of`` an earlier look, or else the newest."""

        async def look() -> Message | None:
            fitting = [one for one in await self.cards() if of is None or one["ts"] == of["ts"]]
            return fitting[-1] if fitting and showing in fitting[-1]["text"] else None

        return await self._until(f"a card that shows {showing!r}", look)

    async def reply(self, card: Message, purpose: str, showing: str = "") -> str:
        """Return the reply below ``card`` that is there for ``purpose``, as soon as it shows ``showing``."""

        async def look() -> str | None:
            replies = (await self.card(of=card))["replies"]
            texts = [str(one["text"]) for one in replies if _purpose(one) == purpose]
            return texts[0] if texts and showing in texts[0] else None

        return await self._until(f"a reply ({purpose}) that shows {showing!r}", look)

    async def result(self, card: Message, showing: str = "") -> str:
        """Return the result below ``card`` as soon as it shows ``showing``."""
        return await self.reply(card, "result", showing)

    async def thread(self, card: Message) -> list[str]:
        """Return what the replies below ``card`` are for, in order."""
        return [_purpose(one) for one in (await self.card(of=card))["replies"]]

    async def recorded(self, card: Message, event: str) -> None:
        """Wait until the record of the change behind ``card`` holds ``event``."""

        async def look() -> bool:
            return event in self.record.events(name(card))

        await self._until(f"the event {event}", look)

    async def seen_by(self, who: str, channel: str = "") -> list[str]:
        """Return what only ``who`` sees in the channel, oldest first."""
        everything = [one for top in await self.messages(channel) for one in (top, *top["replies"])]
        return [str(one["text"]) for one in everything if one["ephemeral_to"] == IDS.get(who, who)]

    async def told(self, who: str, *words: str, channel: str = "") -> str:
        """Return the message only ``who`` sees that has all ``words``, as soon as it is there."""

        async def look() -> str | None:
            seen = await self.seen_by(who, channel)
            return next((text for text in reversed(seen) if all(word in text for word in words)), None)

        return await self._until(f"something only {who} sees, with {words}", look)

    async def form(self, who: str) -> Json:
        """Return the form in front of ``who`` as soon as there is one."""

        async def look() -> Json | None:
            state = (await self.http.get(f"{self.url}/sandbox/state", params={"user": who})).json()
            return next(iter(state["views"]), None)

        return await self._until(f"a form in front of {who}", look)

    async def forms(self, who: str) -> list[Json]:
        """Return the forms in front of ``who`` now."""
        return list((await self.http.get(f"{self.url}/sandbox/state", params={"user": who})).json()["views"])

    async def faults(self, kind: str) -> list[Json]:
        """Return the faults of ``kind`` that were ordered, with how often they struck."""
        faults = (await self.http.get(f"{self.url}/sandbox/faults")).json()
        return [fault for fault in faults if fault["kind"] == kind]

    async def direct_messages(self, who: str) -> str:
        """Return the channel in which ``who`` and the bot are alone."""
        headers = {"Authorization": f"Bearer {App().bot_token}"}
        answer = await self.http.post(f"{self.url}/api/conversations.open", json={"users": IDS[who]}, headers=headers)
        return str(answer.json()["channel"]["id"])

    async def _until(self, what: str, look: Callable[[], Awaitable[T | None]]) -> T:
        try:
            return await until(what, look)
        except AssertionError as error:
            texts = [
                f"{one['ephemeral_to'] or ''}| {one['text']}"
                for top in await self.messages()
                for one in (top, *top["replies"])
            ]
            error.add_note("\n".join(["What stands in the channel:", *texts]))
            raise


def name(card: Message) -> str:
    """Return the id that people see: ``CR-7``."""
    return str(card["text"]).partition(":")[0]


def buttons(card: Message) -> list[str]:
    """Return the buttons of ``card``, by what pressing them does."""
    return [element["action_id"] for block in _actions(card["blocks"]) for element in block["elements"]]


def block_id(card: Message) -> str:
    """Return the id of the row of buttons, by which an old copy of ``card`` is pressed."""
    return str(next(block["block_id"] for block in _actions(card["blocks"])))


def _actions(blocks: Iterable[Json]) -> list[Json]:
    return [block for block in blocks if block["type"] == "actions"]


def _purpose(message: Message) -> str:
    return str(message["metadata"]["event_payload"]["purpose"])

"""Hands on a running stand-in: an API client, an app on a bare WebSocket, and blocks to send."""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from websockets.asyncio.client import ClientConnection, connect

Json = dict[str, Any]
Result = TypeVar("Result")

NOW = 1_700_000_000.0  # where the tests' clock stands until somebody advances it
BOT, APP = "xoxb-sandbox", "xapp-sandbox"
INCIDENT, QUIET, SECRET, OLD = "C0INCIDENT", "C0QUIET", "C0SECRET", "C0ARCHIVE"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str = "go", text: str = "Go", **more: object) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def actions(*elements: Json, **more: object) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def question(block_id: str = "why", action_id: str = "reason", **element: object) -> Json:
    asked = {"type": "plain_text_input", "action_id": action_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain("Why"), "element": asked}


def modal(*blocks: Json, **more: object) -> Json:
    return {
        "type": "modal",
        "callback_id": "reject",
        "title": plain("Reject"),
        "submit": plain("Reject"),
        "blocks": list(blocks) or [question()],
        **more,
    }


@dataclass
class Bare:
    """One Socket Mode connection without any library's opinion."""

    socket: ClientConnection

    async def frame(self) -> Json:
        return dict(json.loads(await self.socket.recv()))

    async def envelope(self) -> Json:
        frame = await self.frame()
        assert "envelope_id" in frame, frame
        return frame

    async def ack(self, envelope: Json, payload: Json | None = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]} | ({"payload": payload} if payload is not None else {})
        await self.socket.send(json.dumps(answer))

    async def close(self) -> None:
        await self.socket.close()


@dataclass
class Slack:
    """A running stand-in, as a test reaches it."""

    url: str
    http: httpx.AsyncClient
    _open: list[Bare] = field(default_factory=list)

    async def api(self, method: str, /, **args: object) -> Json:
        return await self.api_as(BOT, method, **args)

    async def api_as(self, token: str, method: str, /, **args: object) -> Json:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.http.post(f"{self.url}/api/{method}", content=json.dumps(args), headers=headers)
        return dict(answer.json())

    async def post(self, text: str = "card", channel: str = INCIDENT, **args: object) -> str:
        answer = await self.api("chat.postMessage", channel=channel, text=text, **args)
        assert answer["ok"], answer
        return str(answer["ts"])

    async def do(self, act: str, **wish: object) -> Json:
        answer = await self.http.post(f"{self.url}/sandbox/{act}", json=wish)
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    async def look(self, what: str) -> Json:
        return dict((await self._got(what)).json())

    async def listing(self, what: str) -> list[Json]:
        return list((await self._got(what)).json())

    async def _got(self, what: str) -> httpx.Response:
        answer = await self.http.get(f"{self.url}/sandbox/{what}")
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer

    async def messages(self, user: str = "alice", channel: str = INCIDENT) -> list[Json]:
        state = await self.look(f"state?user={user}")
        return [message for place in state["channels"] if place["id"] == channel for message in place["messages"]]

    async def views(self, user: str) -> list[Json]:
        return list((await self.look(f"state?user={user}"))["views"])

    async def advance(self, seconds: float) -> None:
        await self.do("clock", advance=seconds)

    async def fault(self, kind: str, **facts: object) -> None:
        await self.do("faults", kind=kind, **facts)

    async def ticket(self) -> str:
        return str((await self.api_as(APP, "apps.connections.open"))["url"])

    async def app(self) -> Bare:
        """Connect the app once more; the connection ends with the test."""
        bare = Bare(await connect(await self.ticket(), proxy=None))
        self._open.append(bare)
        hello = await bare.frame()
        assert hello["type"] == "hello"
        return bare

    async def answered(
        self, app: Bare, act: Coroutine[Any, Any, Result], payload: Json | None = None
    ) -> tuple[Json, Result]:
        """Let a person do something and the app ack it; return the envelope's payload and what the person sees."""
        doing = asyncio.create_task(act)
        envelope = await app.envelope()
        await app.ack(envelope, payload)
        return dict(envelope["payload"]), await doing

    async def trigger(self, app: Bare, user: str = "alice") -> str:
        """Return a fresh trigger id of ``user``."""
        payload, _ = await self.answered(app, self.do("type", user=user, channel=INCIDENT, text="/lb"))
        return str(payload["trigger_id"])

    async def leave(self) -> None:
        for bare in self._open:
            await bare.close()

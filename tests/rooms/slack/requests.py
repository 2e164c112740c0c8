"""Requests to the bot's own port, made by hand and signed by Slack's own library."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.slack.app import App
from bot.store.tables import intake
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import ALICE, INCIDENT
from tests.rooms.store.ledgers import rows

FORM = "application/x-www-form-urlencoded"


def command(text: str = "help", *, trigger: str = "1.2") -> bytes:
    """Return a command's form."""
    said = {"command": "/lb", "text": text, "user_id": ALICE, "channel_id": INCIDENT, "trigger_id": trigger}
    return urlencode({**said, "team_id": "T0SANDBOX", "is_enterprise_install": "false"}).encode()


def signature(body: bytes, timestamp: str, secret: str = App().signing_secret) -> str:
    """Return what Slack's own library signs ``body`` with."""
    text = body.decode("utf-8", errors="replace")  # what is not UTF-8 the library doesn't sign
    return str(SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=text))


def is_one_sentence(answer: httpx.Response) -> bool:
    """Say whether the answer is a short plain sentence: nothing of the inside, nothing of what was sent."""
    text = answer.text
    plain = answer.headers["content-type"].startswith("text/plain")
    return plain and len(text) < 80 and text.endswith(".") and "\n" not in text and "Error" not in text


@dataclass
class Door:
    """The bot's port for Slack, as somebody with a terminal reaches it."""

    edge: Edge
    url: str
    http: httpx.AsyncClient

    def headers(self, body: bytes, *, ago: float = 0.0, secret: str = App().signing_secret) -> dict[str, str]:
        timestamp = f"{self.edge.time.now() - ago:.0f}"
        return {
            "Content-Type": FORM,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(body, timestamp, secret),
        }

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.http.post(self.url, content=body, headers=headers or self.headers(body))

    async def stored(self) -> int:
        """Return how much of what was posted is stored."""
        return len(await rows(self.edge.ledger, intake))


@asynccontextmanager
async def door(edge: Edge) -> AsyncIterator[Door]:
    port = edge.port()
    async with port.up(), httpx.AsyncClient(trust_env=False, timeout=30) as http:
        yield Door(edge, port.url, http)
        await edge.reception.drain(5.0)

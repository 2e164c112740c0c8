"""The postman between a real outbox and the sandbox Slack."""

import asyncio
from dataclasses import dataclass, field

from bot.domain.change import Change, Move
from bot.domain.operation import SetProbePort
from bot.sandbox.slack.app import App
from bot.slack.client import web_client
from bot.slack.thread import Thread
from bot.slack.wording import Wording
from bot.store import outbox
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.tables import posts
from tests.rooms.engine.world import Time
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, Json, StandIn
from tests.rooms.store.ledgers import opened_change, rows
from tests.unit.slack.making import OPERATION


@dataclass
class Postman:
    slack: StandIn
    ledger: Ledger
    time: Time
    urls: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        client = web_client(App().bot_token, self.slack.api_url)
        words = Wording("en")
        self.thread = Thread(
            self.ledger, client, self.time, words, command="/lb", response_url=lambda key: self.urls.pop(key, None)
        )

    async def opened(self, operation: SetProbePort = OPERATION, key: str = "k1") -> Change:
        """Open a change whose card is wanted."""
        async with self.ledger.writing() as book:
            change = await opened_change(book, operation, key=key)
            await outbox.want(book, change, Purpose.CARD, at=self.time.now())
        return change

    async def want(self, change: Change, purpose: str, **body: object) -> None:
        async with self.ledger.writing() as book:
            await outbox.want(book, change, purpose, at=self.time.now(), body=body or None)

    async def moved(self, change: Change, move: Move) -> None:
        """Move ``change``, with the messages that show it."""
        at = self.time.now()
        async with self.ledger.writing() as book:
            after = await book.move(change, move, actor=BOB, at=at, columns={"decided_by": BOB, "decided_at": at})
            await outbox.want(book, after, Purpose.CARD, at=at)
            if move is not Move.APPROVE:
                await outbox.want(book, after, Purpose.RESULT, at=at)

    async def tell(self, text: str, *, user: str = ALICE, channel: str = INCIDENT, key: str = "k9") -> None:
        async with self.ledger.writing() as book:
            await outbox.answer(book, key=key, channel=channel, user=user, body={"text": text}, at=self.time.now())

    async def deliver(self, *, after: float = 0.0) -> None:
        self.time.passed += after
        await asyncio.gather(*await self.thread.begin_due())

    async def row(self, purpose: str = Purpose.CARD) -> Json:
        return next(row for row in await rows(self.ledger, posts) if row["purpose"] == purpose)

    async def card(self) -> str:
        """Return the card's ``ts``."""
        return str((await self.row())["ts"])

"""The postman between a real outbox and the sandbox Slack."""

import asyncio
from dataclasses import dataclass, field

from bot.domain.change import Change, Ending, Move
from bot.domain.operation import SetProbePort
from bot.engine.standing import ALONE, Place
from bot.sandbox.slack.app import App
from bot.slack.client import web_client
from bot.slack.patrol import Patrol
from bot.slack.personal import Personal
from bot.slack.thread import Thread
from bot.slack.token_watch import TokenWatch
from bot.slack.wording import Wording
from bot.store import outbox
from bot.store.book import SYSTEM
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.rows import moved_to_json
from bot.store.tables import posts
from tests.rooms.clock import Time
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, Json, StandIn
from tests.rooms.store.ledgers import opened_change, rows
from tests.unit.slack.making import MOVED, OPERATION


async def _nobody(_group: str) -> frozenset[str]:
    """Say who is in a user group: these changes call none."""
    return frozenset()


@dataclass
class Postman:
    slack: StandIn
    ledger: Ledger
    time: Time
    urls: dict[str, str] = field(default_factory=dict)
    place: Place = ALONE
    api_url: str = ""  # another way to Slack

    def __post_init__(self) -> None:
        client = web_client(App().bot_token, self.api_url or self.slack.api_url, waits=False)
        self.token = TokenWatch(client.auth_test, self.time, self.ledger.bell)
        self.patrol = Patrol(self.ledger, client, self.time)
        personal = Personal(
            self.ledger, client, self.time, lambda key: self.urls.pop(key, None), self.urls.__contains__, _nobody
        )
        words, place = Wording("en"), self.place
        self.thread = Thread(
            self.ledger, client, self.time, words, command="/lb", token=self.token, personal=personal, place=place
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

    async def moved(self, change: Change, move: Move, *, by: str = BOB, body: Json | None = None) -> Change:
        """Move ``change``, with the messages that show it; ``body`` goes with its result."""
        at = self.time.now()
        columns = {"started_at": at} if move is Move.START else {"decided_by": by, "decided_at": at}
        async with self.ledger.writing() as book:
            after = await book.move(change, move, actor=by, at=at, columns=columns)
            await outbox.want(book, after, Purpose.CARD, at=at)
            if move not in {Move.APPROVE, Move.START}:
                await outbox.want(book, after, Purpose.RESULT, at=at, body=body)
        return after

    async def ran(self, change: Change) -> Change:
        """Approve and start ``change``."""
        return await self.moved(await self.moved(change, Move.APPROVE), Move.START)

    async def ended(self, change: Change, move: Move, ending: Ending) -> Change:
        """End the run of ``change``, with the messages that show it."""
        at = self.time.now()
        async with self.ledger.writing() as book:
            after = await book.move(change, move, actor=SYSTEM, at=at, columns={"ending": ending, "ended_at": at})
            await outbox.want(book, after, Purpose.CARD, at=at)
            await outbox.want(book, after, Purpose.RESULT, at=at)
        return after

    async def handed_back(self, change: Change) -> Change:
        """Let the guard find that facts moved, with the messages that show it."""
        at = self.time.now()
        moved = moved_to_json(MOVED)
        columns = {"version": change.version + 1, "moved": moved, "decided_by": None, "decided_at": None}
        async with self.ledger.writing() as book:
            again = await book.move(change, Move.ASK_AGAIN, actor=SYSTEM, at=at, columns=columns)
            await outbox.want(book, again, Purpose.CARD, at=at)
            body = {"approver": change.decided_by, "moved": moved}
            await outbox.want(book, again, f"{Purpose.MOVED}:{again.version}", at=at, body=body)
        return again

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

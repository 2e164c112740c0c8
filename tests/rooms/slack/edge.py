"""Everything people touch, between the sandbox Slack, a real ledger and the simulated cloud."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.engine.explaining import Explaining
from bot.engine.freezing import Freezing
from bot.engine.granting import Granting
from bot.engine.previewing import Previewing
from bot.engine.record import Record
from bot.engine.reviewing import Reviewing
from bot.redaction import TYPED, Redaction
from bot.sandbox.slack.app import App
from bot.sandbox.slack.workspace import Message
from bot.slack.app import PING_SECONDS, Line, build_app
from bot.slack.buttons import Buttons
from bot.slack.clicks import Clicks
from bot.slack.client import web_client
from bot.slack.commands import Commands
from bot.slack.confirmation import Confirmation
from bot.slack.desks import Desks
from bot.slack.forms import Forms
from bot.slack.freezes import Freezes
from bot.slack.grants import Grants
from bot.slack.http import Port
from bot.slack.installation import Installation
from bot.slack.patrol import Patrol
from bot.slack.people import People
from bot.slack.personal import Personal
from bot.slack.previews import Previews
from bot.slack.questions import Questions
from bot.slack.reception import Reception
from bot.slack.referring import Referring
from bot.slack.thread import Thread
from bot.slack.token_watch import TokenWatch
from bot.slack.wording import Wording
from bot.store.ledger import Ledger
from bot.variable import Address
from tests.rooms.clock import Time
from tests.rooms.engine.world import OPERATION, World
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, INCIDENT, Json, StandIn

ASK = (
    f"/lb probe-port {OPERATION.load_balancer} {OPERATION.listener} {OPERATION.host}:{OPERATION.port} "
    f"{OPERATION.probe_port} the health endpoint moved"
)
BODY = {"user": ALICE, "channel": INCIDENT, "text": ASK.removeprefix("/lb ")}


@dataclass
class Edge:
    """One process of the bot, without its engine."""

    slack: StandIn
    ledger: Ledger
    time: Time
    people: People
    reception: Reception
    commands: Commands
    buttons: Buttons
    patrol: Patrol
    token: TokenWatch
    thread: Thread
    app: AsyncApp

    def line(self, *, ping_seconds: float = PING_SECONDS) -> Line:
        """Return the connection to Slack; it must be entered, which also closes it."""
        return Line(self.app, App().app_token, ping_seconds=ping_seconds, watch_seconds=0.05)

    def port(self) -> Port:
        """Return the port for Slack's requests; it must be entered, which also closes it."""
        address = Address(host="127.0.0.1", port=0)
        return Port(self.app, App().signing_secret, address, now=self.time.now)

    async def type(self, text: str = ASK, *, user: str = ALICE, channel: str = INCIDENT) -> Json:
        return await self.slack.do("type", user=user, channel=channel, text=text)

    async def press(self, action: str, *, user: str = BOB, value: str | None = None) -> Json:
        [card] = self.cards()
        wish: dict[str, Any] = {"user": user, "channel": INCIDENT, "ts": card.ts, "action_id": action}
        return await self.slack.do("press", **wish, **({"value": value} if value else {}))

    async def submit(self, note: str, *, user: str = BOB) -> Json:
        [view] = self.slack.workspace.views_of(user)
        return await self.slack.do("submit", user=user, view=view.id, values={"note": {"note": note}})

    def cards(self) -> list[Message]:
        return [message for message in self.slack.top() if message.by_app and message.ephemeral_to is None]

    async def asked(self) -> Message:
        """Let alice ask for the change and wait for its card."""
        assert (await self.type())["ok"]
        await self.slack.until(lambda: bool(self.cards()))
        return self.cards()[0]

    async def told(self, words: str, *, user: str = BOB) -> None:
        """Wait until only ``user`` is told something with ``words`` in it."""
        await self.slack.until(lambda: any(words in text for text in self.slack.told(user)))

    async def shown(self, words: str) -> None:
        """Wait until the card says ``words``."""
        await self.slack.until(lambda: any(words in card.text for card in self.cards()))


@asynccontextmanager
async def edge(
    slack: StandIn,
    ledger: Ledger,
    world: World,
) -> AsyncIterator[Edge]:
    """Build the edge; nothing of it runs."""
    client = web_client(App().bot_token, slack.api_url)
    known = await client.auth_test()
    time = world.time
    people = People(client, Installation.of(known), language="en", now=time.now)
    reception = Reception(ledger, time, people.language_of, Redaction((), shapes=TYPED).value)
    changes, decisions = world.changes(ledger=ledger), world.decisions(ledger=ledger)
    posting = web_client(App().bot_token, slack.api_url, waits=False)
    patrol = Patrol(ledger, posting, time)
    record = Record(ledger, time, world.ruling(), auditors={CARLA})
    explaining = Explaining(ledger, time, world.ruling())
    reviewing = Reviewing(ledger, time, world.ruling())
    questions = Questions(reception, people, record, explaining, patrol, reviewing, command="/lb")
    freezes = Freezes(reception, people, Freezing(ledger, time, world.ruling()), Wording("en"), command="/lb")
    grants = Grants(reception, Granting(ledger, time, world.ruling()), Wording("en"))
    referring = Referring(changes, patrol)
    previews = Previews(reception, people, client, Previewing(changes, explaining), referring, command="/lb")
    desks = Desks(questions=questions, freezes=freezes, grants=grants, previews=previews)
    emergencies = world.emergencies(ledger=ledger)
    commands = Commands(changes, emergencies, reception, people, client, referring, desks, command="/lb")
    clicks, forms = Clicks(ledger, people), Forms(reception, client)
    confirmation = Confirmation(changes, decisions, reception, clicks, forms)
    buttons = Buttons(changes, decisions, reception, clicks, forms, confirmation, client)
    token = TokenWatch(posting.auth_test, time, ledger.bell)
    personal = Personal(ledger, posting, time, reception.response_url, reception.has_url, world.directory.members)
    thread = Thread(ledger, posting, time, Wording("en"), command="/lb", token=token, personal=personal)
    identity = AuthorizeResult.from_auth_test_response(bot_token=App().bot_token, auth_test_response=known)
    app = build_app(identity, commands, buttons, confirmation, api_url=slack.api_url, command="/lb")
    yield Edge(slack, ledger, time, people, reception, commands, buttons, patrol, token, thread, app)
    await reception.drain(5.0)


@asynccontextmanager
async def working(edge: Edge, *, port: Port | None = None) -> AsyncIterator[Edge]:
    """Connect the edge to Slack, which posts to ``port`` if there is one, and deliver what is wanted."""
    posting = asyncio.create_task(edge.thread.run())
    try:
        async with (port or edge.line()).up():
            await edge.slack.do("request_urls", urls=[port.url] if port else [])
            yield edge
            await edge.reception.drain(5.0)
    finally:
        posting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await posting

"""``/lb …``: one line of text becomes an answer or a change."""

from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.command import GiveGrant, NotUnderstood, Preview, Request, parse
from bot.engine.changes import Changes
from bot.engine.emergencies import Emergencies
from bot.slack.answers import not_understood
from bot.slack.clicks import NotOurButton
from bot.slack.desks import Desks
from bot.slack.people import People
from bot.slack.personal import withdraw
from bot.slack.postable import must_be_postable
from bot.slack.reception import COMMAND, Reception, not_stored
from bot.slack.referring import Referring
from bot.slack.sending import SEND, pressed
from bot.slack.zones import start_of
from bot.store.book import AlreadyOpen
from bot.store.intake import Taken
from bot.store.ledger import NotStored
from bot.store.sent import SentAlready

_log = structlog.get_logger(__name__)


def needs_cloud(text: str) -> bool:
    """Say whether answering ``text`` takes long enough for a receipt."""
    try:
        return isinstance(parse(text), Request | Preview)
    except NotUnderstood:
        return False


class Commands:
    """The slash command."""

    def __init__(
        self,
        changes: Changes,
        emergencies: Emergencies,
        reception: Reception,
        people: People,
        client: AsyncWebClient,
        referring: Referring,
        desks: Desks,
        *,
        command: str,
    ) -> None:
        self._changes = changes
        self._emergencies = emergencies
        self._reception = reception
        self._people = people
        self._client = client
        self._referring = referring
        self._desks = desks
        self._command = command
        reception.on(COMMAND, self.work)
        reception.on(SEND, self.send)

    async def on_command(self, ack: AsyncAck, command: dict[str, Any]) -> None:
        """Store the line, acknowledge it, and begin the work; what needs no cloud is answered at once."""
        user, text = str(command["user_id"]), str(command.get("text") or "")
        words = self._reception.words(user)
        body = {"user": user, "channel": command["channel_id"], "text": text}
        url = str(command.get("response_url") or "")
        try:
            taken = await self._reception.take(COMMAND, str(command["trigger_id"]), body, response_url=url)
        except NotStored as away:
            _log.exception("the database is away", user=user)
            await ack(text=not_stored(words, away), response_type="ephemeral")
            return
        if taken is None:
            await ack()
            return
        if needs_cloud(text):
            await ack(text=words.say("answer/receipt"), response_type="ephemeral")
        else:
            await ack()
        self._reception.begin(taken)

    async def work(self, taken: Taken) -> None:
        """Parse, check and open; every way ends with an answer."""
        user, channel, text = (str(taken.body[name]) for name in ("user", "channel", "text"))
        await self._people.learn_language(user)
        try:
            request = parse(text)
        except NotUnderstood as no:
            words = self._reception.words(user)
            await self._reception.answer(taken, not_understood(no, words, command=self._command))
            return
        if isinstance(request, Request):
            await self._ask(taken, request)
            return
        if isinstance(request, GiveGrant):
            await must_be_postable(self._client, channel)
        await self._desks.answer(taken, request)

    async def send(self, taken: Taken) -> None:
        """Ask for what a preview showed, as if its person typed it now; it becomes one change, however often pressed.

        Raises:
            Refusal: as for a command, or it isn't a button of a preview of this person.
        """
        user = str(taken.body["user"])
        await self._people.learn_language(user)
        request, preview = pressed(taken.body)
        if not await self._reception.was_sent(preview, COMMAND, user=user):
            raise NotOurButton
        await self._ask(taken, request, preview=preview)

    async def _ask(self, taken: Taken, request: Request, *, preview: str = "") -> None:
        user, channel = str(taken.body["user"]), str(taken.body["channel"])
        start = await start_of(request.begin, user, self._people, now=taken.received_at)
        await must_be_postable(self._client, channel)
        wish = {"requester": user, "channel": channel, "key": taken.key}
        try:
            if request.emergency:
                change = await self._emergencies.open(request.operation, request.reason, **wish)
            else:
                used = self._desks.grants.used
                change = await self._changes.open(
                    request.operation, request.reason, **wish, start=start, used=used, preview=preview
                )
        except (AlreadyOpen, SentAlready) as no:
            await self._reception.answer(taken, await self._referring.told(no, self._reception.words(user)))
            return
        if change is not None:
            _log.info("opened", change=change.name)
            await withdraw(self._reception.response_url(taken.key))

"""``/lb …``: one line of text becomes an answer or a change."""

from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.change import Change
from bot.domain.command import GiveGrant, NotUnderstood, Request, parse
from bot.domain.errors import Refusal
from bot.domain.starts import Start
from bot.engine.changes import Changes
from bot.engine.emergencies import Emergencies
from bot.slack.answers import not_understood
from bot.slack.client import NO_ANSWER
from bot.slack.desks import Desks
from bot.slack.patrol import Patrol
from bot.slack.people import People
from bot.slack.personal import withdraw
from bot.slack.reception import COMMAND, Reception, not_stored
from bot.slack.wording import Mrkdwn, Wording
from bot.slack.zones import start_of
from bot.store.book import AlreadyOpen
from bot.store.intake import Taken
from bot.store.ledger import NotStored

DIRECT = frozenset({"im:read", "mpim:read"})  # scopes for conversations without a channel: the manifest has neither
_log = structlog.get_logger(__name__)


class NotInChannel(Refusal):
    """The bot isn't in the channel, so no card can stand there. Facts: ``channel``."""

    code = "not_in_channel"


class NoSecondPerson(Refusal):
    """A direct message has nobody to approve. Facts: none."""

    code = "no_second_person"


class SlackSilent(Refusal):
    """Slack didn't say whether a card can stand in the channel. Facts: ``why``."""

    code = "slack_silent"


class ChannelArchived(Refusal):
    """An archived channel takes no messages. Facts: none."""

    code = "channel_archived"


def needs_cloud(text: str) -> bool:
    """Say whether answering ``text`` takes long enough for a receipt."""
    try:
        return isinstance(parse(text), Request)
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
        patrol: Patrol,
        desks: Desks,
        *,
        command: str,
    ) -> None:
        self._changes = changes
        self._emergencies = emergencies
        self._reception = reception
        self._people = people
        self._client = client
        self._patrol = patrol
        self._desks = desks
        self._command = command
        reception.on(COMMAND, self.work)

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
        words = self._reception.words(user)
        try:
            request = parse(text)
        except NotUnderstood as no:
            await self._reception.answer(taken, not_understood(no, words, command=self._command))
            return
        if not isinstance(request, Request):
            if isinstance(request, GiveGrant):
                await self._must_be_postable(channel)
            await self._desks.answer(taken, request)
            return
        start = await start_of(request.begin, user, self._people, now=taken.received_at)
        await self._must_be_postable(channel)
        try:
            change = await self._opened(request, start, taken)
        except AlreadyOpen as no:
            await self._reception.answer(taken, Mrkdwn(f"{words.refusal(no)} {await self._where(no, words)}".rstrip()))
            return
        if change is not None:
            _log.info("opened", change=change.name)
            await withdraw(self._reception.response_url(taken.key))

    async def _opened(self, request: Request, start: Start | None, taken: Taken) -> Change | None:
        wish = {"requester": str(taken.body["user"]), "channel": str(taken.body["channel"]), "key": taken.key}
        if request.emergency:
            return await self._emergencies.open(request.operation, request.reason, **wish)
        used = self._desks.grants.used
        return await self._changes.open(request.operation, request.reason, **wish, start=start, used=used)

    async def _where(self, no: AlreadyOpen, words: Wording) -> str:
        """Return where the card of the other change is."""
        other = await self._changes.read(int(str(no.facts["change"]).removeprefix("CR-")))
        link = await self._patrol.link(other)
        if link is None:
            return ""
        return words.say("answer/its_card", link=Mrkdwn(f"<{link}>")) if link else words.say("answer/card_anew")

    async def _must_be_postable(self, channel: str) -> None:
        try:
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error.response.get("error") == "channel_not_found":
                raise NotInChannel(channel=channel) from error
            if error.response.get("error") == "missing_scope" and error.response.get("needed") in DIRECT:
                raise NoSecondPerson from error
            raise SlackSilent(why=str(error.response.get("error"))) from error
        except NO_ANSWER as error:
            raise SlackSilent(why=type(error).__name__) from error
        found: dict[str, Any] = answer.get("channel") or {}
        if found.get("is_im") or found.get("is_mpim"):
            raise NoSecondPerson
        if found.get("is_archived"):
            raise ChannelArchived
        if not found.get("is_member"):
            raise NotInChannel(channel=channel)

"""The card's buttons: one click is one stored row, one decision, one answer."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.change import Change, State
from bot.domain.command import holds_secret, is_blank, tidy
from bot.engine.changes import Changes
from bot.engine.deciding import Decisions
from bot.slack.cards import ACTIONS, APPROVE, CANCEL, CHECK_AGAIN, REJECT
from bot.slack.clicks import Clicks, NotOurButton
from bot.slack.client import NO_ANSWER
from bot.slack.confirmation import Confirmation
from bot.slack.forms import Forms, Make, View
from bot.slack.modals import NOTE, reject_modal
from bot.slack.personal import tell_at
from bot.slack.reception import Reception, not_stored
from bot.slack.sending import SEND
from bot.slack.tokens import slack_word
from bot.store.book import Book
from bot.store.intake import Taken
from bot.store.ledger import NotStored

REJECTION = "rejection"
FOREIGN = "foreign"  # a press on what no card of ours has
_log = structlog.get_logger(__name__)


class Buttons:
    """Approve, Reject, Cancel, Check again."""

    def __init__(
        self,
        changes: Changes,
        decisions: Decisions,
        reception: Reception,
        clicks: Clicks,
        forms: Forms,
        confirmation: Confirmation,
        client: AsyncWebClient,
    ) -> None:
        self._changes = changes
        self._decisions = decisions
        self._reception = reception
        self._clicks = clicks
        self._forms = forms
        self._makes: dict[str, Make] = {APPROVE: confirmation.form, REJECT: self._rejection_form}
        self._client = client
        works: dict[str, Callable[[Taken], Awaitable[None]]] = {
            REJECT: self._form_refused,
            CANCEL: self._cancel,
            CHECK_AGAIN: self._check_again,
            REJECTION: self._reject,
            FOREIGN: self._foreign,
        }
        for kind, work in works.items():
            reception.on(kind, work)

    async def on_click(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Store the click, acknowledge it, and begin its work."""
        kind = action["action_id"] if action["action_id"] in {*ACTIONS, SEND} else FOREIGN
        user = body["user"]
        container = body.get("container") or {}
        sent = {
            "user": user["id"],
            "team": user.get("team_id"),
            "channel": (body.get("channel") or {}).get("id") or container.get("channel_id") or "",
            "message": container.get("message_ts") or "",
            "value": action.get("value", ""),
            **({"block": action.get("block_id", "")} if kind == SEND else {}),
        }
        slack_id = f"{user['id']}:{action.get('action_ts')}:{action.get('value')}"
        url = str(body.get("response_url") or "")
        try:
            taken = await self._reception.take(kind, slack_id, sent, response_url=url)
        except NotStored as away:
            _log.exception("the database is away")
            if await self._told_not_stored(sent, away, url):  # where nobody could tell, Slack says that it wasn't heard
                await ack()
            return
        await ack()
        if taken is None:
            return
        make = self._makes.get(kind)
        if make is None or not await self._forms.opened(taken, str(body["trigger_id"]), make):
            self._reception.begin(taken)

    async def on_rejection(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Store the reason given in the form, close it, and begin the rejection."""
        user = body["user"]
        channel, _, value = str(view["private_metadata"]).partition(" ")
        note = tidy(str(view["state"]["values"][NOTE][NOTE]["value"] or ""))
        words = self._reception.words(str(user["id"]))
        if is_blank(note):
            await ack(response_action="errors", errors={NOTE: words.say("modal/reject/empty")})
            return
        if self._reception.cuts(note) or holds_secret(note):
            await ack(response_action="errors", errors={NOTE: words.say("problem/secret_in_reason")})
            return
        sent = {"user": user["id"], "team": user.get("team_id"), "channel": channel, "value": value, "note": note}
        await self._forms.submitted(ack, REJECTION, view, sent, field=NOTE)

    async def _told_not_stored(self, sent: dict[str, Any], away: NotStored, url: str) -> bool:
        text = not_stored(self._reception.words(str(sent["user"])), away)
        try:
            await self._client.chat_postEphemeral(channel=sent["channel"], user=sent["user"], text=text)
        except SlackApiError as error:
            told = bool(slack_word(error)) and await tell_at(url, text)
        except NO_ANSWER:
            told = False
        else:
            told = True
        if not told:
            _log.error("nor could the person be told")
        return told

    async def _rejection_form(self, taken: Taken) -> View:
        """Return the form that asks for the reason, if the rejection would pass now."""
        change = await self._decisions.may_reject(await self._clicks.read(taken))
        words = self._reception.words(str(taken.body["user"]))
        return reject_modal(change, words, channel=str(taken.body["channel"]))

    async def _foreign(self, _taken: Taken) -> None:
        raise NotOurButton

    async def _reject(self, taken: Taken) -> None:
        await self._decisions.reject(await self._clicks.read(taken), str(taken.body["note"]))

    async def _form_refused(self, taken: Taken) -> None:
        """Answer why no form opened; if it would open now, a restart came between and nobody knows whether it did."""
        await self._decisions.may_reject(await self._clicks.read(taken))
        await self._reception.answer(taken, self._forms.maybe_opened(taken))

    async def _cancel(self, taken: Taken) -> None:
        await self._decisions.cancel(await self._clicks.read(taken))

    async def _check_again(self, taken: Taken) -> None:
        async def tell(book: Book, change: Change) -> None:
            key = "answer/still_unknown" if change.state is State.UNKNOWN else "answer/known_now"
            words = self._reception.words(str(taken.body["user"]))
            text = words.say(key, change=change.name, state=words.say(f"state/{change.state}"))
            await self._reception.tell(book, taken, text)

        await self._changes.check_again(await self._clicks.read(taken), tell)

"""The card's buttons: one click is one stored row, one decision, one answer."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import ClientConnectorError
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.change import Change, State
from bot.domain.command import holds_secret, is_blank, tidy
from bot.domain.errors import Refusal
from bot.engine.changes import Changes
from bot.slack.cards import ACTIONS, APPROVE, CANCEL, CHECK_AGAIN, REJECT
from bot.slack.clicks import Clicks, NotOurButton
from bot.slack.client import NO_ANSWER
from bot.slack.modals import reject_modal
from bot.slack.personal import tell_at
from bot.slack.reception import Reception, not_stored
from bot.slack.tokens import slack_word
from bot.store.book import Book
from bot.store.intake import Taken
from bot.store.ledger import NotStored

REJECTION = "rejection"
FOREIGN = "foreign"  # a press on what no card of ours has
# Slack's words for a call that may have been done in part all the same.
UNCLEAR = frozenset({"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"})
_log = structlog.get_logger(__name__)


class Buttons:
    """Approve, Reject, Cancel, Check again."""

    def __init__(self, changes: Changes, reception: Reception, clicks: Clicks, client: AsyncWebClient) -> None:
        self._changes = changes
        self._reception = reception
        self._clicks = clicks
        self._client = client
        works: dict[str, Callable[[Taken], Awaitable[None]]] = {
            APPROVE: self._approve,
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
        kind = action["action_id"] if action["action_id"] in ACTIONS else FOREIGN
        user = body["user"]
        container = body.get("container") or {}
        sent = {
            "user": user["id"],
            "team": user.get("team_id"),
            "channel": (body.get("channel") or {}).get("id") or container.get("channel_id") or "",
            "message": container.get("message_ts") or "",
            "value": action.get("value", ""),
        }
        slack_id = f"{user['id']}:{action.get('action_ts')}:{action.get('value')}"
        url = str(body.get("response_url") or "")
        try:
            taken = await self._reception.take(kind, slack_id, sent, response_url=url)
        except NotStored as away:
            _log.exception("the database is away")
            await ack()
            await self._tell_not_stored(sent, away, url)
            return
        await ack()
        if taken is not None and not (kind == REJECT and await self._opened_form(taken, str(body["trigger_id"]))):
            self._reception.begin(taken)

    async def on_rejection(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Store the reason given in the form, close it, and begin the rejection."""
        user = body["user"]
        channel, _, value = str(view["private_metadata"]).partition(" ")
        note = tidy(str(view["state"]["values"]["note"]["note"]["value"] or ""))
        words = self._reception.words(str(user["id"]))
        if is_blank(note):
            await ack(response_action="errors", errors={"note": words.say("modal/reject/empty")})
            return
        if self._reception.cuts(note) or holds_secret(note):
            await ack(response_action="errors", errors={"note": words.say("problem/secret_in_reason")})
            return
        sent = {"user": user["id"], "team": user.get("team_id"), "channel": channel, "value": value, "note": note}
        try:
            taken = await self._reception.take(REJECTION, f"{view['id']}:{view['hash']}", sent)
        except NotStored as away:
            _log.exception("the database is away")
            await ack(response_action="errors", errors={"note": not_stored(words, away)})
            return
        await ack()
        if taken is not None:
            self._reception.begin(taken)

    async def _tell_not_stored(self, sent: dict[str, Any], away: NotStored, url: str) -> None:
        text = not_stored(self._reception.words(str(sent["user"])), away)
        try:
            await self._client.chat_postEphemeral(channel=sent["channel"], user=sent["user"], text=text)
        except SlackApiError as error:
            if not (slack_word(error) and await tell_at(url, text)):
                _log.exception("nor could the person be told")
        except NO_ANSWER:
            _log.exception("nor could the person be told")

    async def _opened_form(self, taken: Taken, trigger: str) -> bool:
        """Open the form if the rejection would pass now; its trigger lives 3 s, so it can't wait in a queue."""
        words = self._reception.words(str(taken.body["user"]))
        try:
            click = await self._clicks.read(taken)
            change = await self._changes.may_reject(click)
            view = reject_modal(change, words, channel=str(taken.body["channel"]))
            await self._client.views_open(trigger_id=trigger, view=view)
        except (Refusal, NotStored):
            return False  # the work answers why
        except NO_ANSWER as error:
            told = "answer/form_not_opened" if _said_no(error) else "answer/form_maybe_opened"
            _log.warning("Slack did not say that the form opened", error=str(error), told=told)
            await self._reception.try_answer(taken, words.say(told))
            return True
        await self._reception.finish(taken)
        return True

    async def _foreign(self, _taken: Taken) -> None:
        raise NotOurButton

    async def _approve(self, taken: Taken) -> None:
        await self._changes.approve(await self._clicks.read(taken))

    async def _reject(self, taken: Taken) -> None:
        await self._changes.reject(await self._clicks.read(taken), str(taken.body["note"]))

    async def _form_refused(self, taken: Taken) -> None:
        """Answer why no form opened; if it would open now, a restart came between and nobody knows whether it did."""
        await self._changes.may_reject(await self._clicks.read(taken))
        await self._reception.answer(
            taken, self._reception.words(str(taken.body["user"])).say("answer/form_maybe_opened")
        )

    async def _cancel(self, taken: Taken) -> None:
        await self._changes.cancel(await self._clicks.read(taken))

    async def _check_again(self, taken: Taken) -> None:
        async def tell(book: Book, change: Change) -> None:
            key = "answer/still_unknown" if change.state is State.UNKNOWN else "answer/known_now"
            words = self._reception.words(str(taken.body["user"]))
            text = words.say(key, change=change.name, state=words.say(f"state/{change.state}"))
            await self._reception.tell(book, taken, text)

        await self._changes.check_again(await self._clicks.read(taken), tell)


def _said_no(error: Exception) -> bool:
    """Say whether Slack surely did not do what it was asked: it said so, or was never reached."""
    if isinstance(error, SlackApiError):
        return slack_word(error) not in UNCLEAR
    return isinstance(error, ClientConnectorError)

"""Forms on their way out and back: opened while the click's trigger lives, stored before their submit closes them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiohttp import ClientConnectorError
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Refusal
from bot.slack.client import NO_ANSWER
from bot.slack.reception import Reception, not_stored
from bot.slack.tokens import slack_word
from bot.store.intake import Taken
from bot.store.ledger import NotStored

# Slack's words for a call that may have been done in part all the same.
UNCLEAR = frozenset({"", "fatal_error", "internal_error", "request_timeout", "service_unavailable"})
View = dict[str, Any]
Make = Callable[[Taken], Awaitable[View | None]]  # None: this click needs no form
_log = structlog.get_logger(__name__)


class Forms:
    """Opens forms and takes in what they bring."""

    def __init__(self, reception: Reception, client: AsyncWebClient) -> None:
        self._reception = reception
        self._client = client

    async def opened(self, taken: Taken, trigger: str, make: Make) -> bool:
        """Open what ``make`` returns, and say whether that answers ``taken``; where it doesn't, its work must.

        A trigger lives 3 s, so the form can't wait in a queue (Slack fact sheet, section 4).
        """
        try:
            view = await make(taken)
            if view is None:
                return False
            await self._client.views_open(trigger_id=trigger, view=view)
        except (Refusal, NotStored):
            return False  # the work answers why
        except NO_ANSWER as error:
            told = self.not_opened(taken) if _said_no(error) else self.maybe_opened(taken)
            _log.warning("slack did not say that the form opened", error=str(error))
            await self._reception.try_answer(taken, told)
            return True
        await self._reception.finish(taken)
        return True

    def not_opened(self, taken: Taken) -> str:
        """Return what to tell whose form didn't open in time."""
        words = self._reception.words(str(taken.body["user"]))
        return words.say("answer/form_not_opened", button=words.say(f"button/{taken.kind}"))

    def maybe_opened(self, taken: Taken) -> str:
        """Return what to tell where nobody knows whether the form opened."""
        words = self._reception.words(str(taken.body["user"]))
        return words.say("answer/form_maybe_opened", button=words.say(f"button/{taken.kind}"))

    async def submitted(
        self, ack: AsyncAck, kind: str, view: Mapping[str, Any], sent: Mapping[str, Any], *, field: str
    ) -> None:
        """Store what the form brought as ``kind``, close it and begin the work; or say in ``field`` why it stays."""
        try:
            taken = await self._reception.take(kind, f"{view['id']}:{view['hash']}", sent)
        except NotStored as away:
            _log.exception("the database is away")
            words = self._reception.words(str(sent["user"]))
            await ack(response_action="errors", errors={field: not_stored(words, away)})
            return
        await ack()
        if taken is not None:
            self._reception.begin(taken)


def _said_no(error: Exception) -> bool:
    """Say whether Slack surely did not do what it was asked: it said so, or was never reached."""
    if isinstance(error, SlackApiError):
        return slack_word(error) not in UNCLEAR
    return isinstance(error, ClientConnectorError)

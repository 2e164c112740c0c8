"""Whether the cards that wait for people still stand: a deleted one is posted anew.

Slack tells of a deletion only an app that reads along everything that is said in a channel; so the bot asks, now and
then, for the address of each card that somebody has yet to press a button on.
"""

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.change import Change, State
from bot.engine.ports import Clock
from bot.slack.client import NO_ANSWER
from bot.slack.tokens import slack_word
from bot.slack.trouble import GONE
from bot.store import anew, outbox
from bot.store.ledger import Ledger, NotStored

PATROL_SECONDS = 300.0  # between two rounds
UNKNOWN_SECONDS = 86400.0  # for how long after the end of its run an unknown outcome's card is looked for
_log = structlog.get_logger(__name__)


class Patrol:
    """Looks after the cards."""

    def __init__(self, ledger: Ledger, client: AsyncWebClient, clock: Clock) -> None:
        self._ledger = ledger
        self._client = client
        self._clock = clock

    async def run(self) -> None:
        """Look after every card that waits, until cancelled."""
        while True:
            await self._clock.sleep(PATROL_SECONDS)
            try:
                await self.round()
            except NotStored as away:
                _log.warning("the cards could not be looked after", error=str(away))

    async def round(self) -> None:
        """Ask for each card that waits for people, once; a Slack that doesn't answer is left alone."""
        async with self._ledger.reading() as book:
            waiting = await book.find(State.PENDING, State.APPROVED, State.UNKNOWN)
        for change in filter(self._is_waited_for, waiting):
            if await self.link(change) is None:
                return

    async def link(self, change: Change) -> str | None:
        """Return the address of the card of ``change``: ``""`` where none stands, None where Slack doesn't say.

        A card that turns out to be deleted is wanted anew.
        """
        async with self._ledger.reading() as book:
            ts = await outbox.card_ts(book, change.id)
        if ts is None:
            return ""
        try:
            answer = await self._client.chat_getPermalink(channel=change.channel, message_ts=ts)
        except SlackApiError as error:
            why = slack_word(error)
        except NO_ANSWER as error:
            why = type(error).__name__
        else:
            return str(answer["permalink"])
        if why not in GONE:
            _log.info("slack does not say where a card stands", change=change.name, error=why)
            return None
        async with self._ledger.writing() as book:
            await anew.card_is_gone(book, change.id, ts=ts, why=why, at=self._clock.now())
        return ""

    def _is_waited_for(self, change: Change) -> bool:
        if change.state is State.APPROVED and not change.waits_for_start:  # it runs soon, and nobody decides meanwhile
            return False
        since = change.ended_at if change.ended_at is not None else self._clock.now()
        return self._clock.now() - since <= UNKNOWN_SECONDS

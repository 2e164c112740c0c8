"""Noting what Slack shows: of two messages for one post the one noted first stands; who sent the other deletes it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.ports import Clock
from bot.slack.client import NO_ANSWER
from bot.slack.tokens import slack_word
from bot.store import anew, outbox
from bot.store.ledger import Fenced, Ledger, NotStored
from bot.store.outbox import Post

AGAIN_SECONDS = 1.0  # between two tries to note what only this process knows
DELETE_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # seconds before each further try to delete a second message
GONE = "message_not_found"
_log = structlog.get_logger(__name__)


class Notes:
    """What this process sent, written down for all replicas."""

    def __init__(self, ledger: Ledger, client: AsyncWebClient, clock: Clock) -> None:
        self._ledger = ledger
        self._client = client
        self._clock = clock

    async def note(self, post: Post, ts: str) -> None:
        """Note that Slack shows ``post`` as ``ts``, however long the database is away: only this process knows.

        Raises:
            Fenced: this replica was buried while it sent; it is noted all the same, and shown anew by others.
        """
        try:
            stands = await self._insist(self._noted, post, ts)
        except Fenced:
            await self._keep_one(post, ts, stands=await self._insist(self._noted_when_buried, post, ts))
            raise
        await self._keep_one(post, ts, stands=stands)

    async def _noted(self, post: Post, ts: str) -> str | None:
        async with self._ledger.writing() as book:
            stands = await outbox.delivered(book, post, ts=ts, at=self._clock.now())
            if post.change is not None and stands not in {None, ts}:  # the other one may show an older state
                await anew.again(book, post, ts=ts)
        return stands

    async def _noted_when_buried(self, post: Post, ts: str) -> str | None:
        async with self._ledger.writing(fenced=False) as book:
            if post.change is None:  # its words never change: shown once is enough
                return await outbox.delivered(book, post, ts=ts, at=self._clock.now())
            return await anew.again(book, post, ts=ts)

    async def _insist(self, noted: Callable[[Post, str], Awaitable[str | None]], post: Post, ts: str) -> str | None:
        while True:
            try:
                return await noted(post, ts)
            except Fenced:
                raise
            except NotStored as away:  # or maybe stored: noting the same twice does no harm
                _log.warning("what Slack shows waits to be noted", purpose=post.purpose, error=str(away))
            await asyncio.sleep(AGAIN_SECONDS)

    async def _keep_one(self, post: Post, ts: str, *, stands: str | None) -> None:
        """Delete the message ``ts`` where another one stands for the same post, if several people see it."""
        if post.is_personal or stands in {None, ts}:
            return
        for wait in (*DELETE_WAITS, None):
            try:
                await self._client.chat_delete(channel=post.channel, ts=ts)
            except SlackApiError as error:
                if slack_word(error) == GONE:
                    return
                _log.warning("slack keeps a second message", purpose=post.purpose, error=slack_word(error))
            except NO_ANSWER as error:
                _log.warning("slack did not say whether a second message is gone", error=type(error).__name__)
            else:
                return
            if wait is not None:
                await self._clock.sleep(wait)
        _log.error("a second message stands", purpose=post.purpose, change=post.change, channel=post.channel, ts=ts)

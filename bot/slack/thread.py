"""Delivering what the ledger wants Slack to show: the card, its thread, and what one person sees.

A first post whose answer was lost is looked up before it is repeated; an edit is one call, however many states it
skips. Slack's own retry of a delivered POST is off (Slack fact sheet, section 17, trap 11).
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.change import State
from bot.engine.ports import Clock
from bot.engine.standing import ALONE, Place
from bot.slack.client import CALL_SECONDS, NO_ANSWER
from bot.slack.drawing import draw, in_lines
from bot.slack.lookup import find_own, mark
from bot.slack.notes import Notes
from bot.slack.personal import Personal
from bot.slack.token_watch import TokenWatch
from bot.slack.trouble import Trouble
from bot.slack.wording import Mrkdwn, Wording
from bot.store import outbox
from bot.store.book import Book
from bot.store.ledger import Ledger, NotStored
from bot.store.outbox import Post, Purpose

ANSWERS_MOST = 1000  # looked through for some that can go while Slack refuses the token
IDLE_SECONDS = 1.0  # between two looks at the outbox when nobody rang
FAULT_SECONDS = 60.0  # before a message that we could not make is tried again
_log = structlog.get_logger(__name__)


class Thread:
    """The postman."""

    def __init__(
        self,
        ledger: Ledger,
        client: AsyncWebClient,
        clock: Clock,
        words: Wording,
        *,
        command: str,
        token: TokenWatch,
        personal: Personal,
        place: Place = ALONE,
    ) -> None:
        self._ledger = ledger
        self._place = place
        self._client = client
        self._clock = clock
        self._words = words
        self._command = command
        self._token = token
        self._personal = personal
        self._notes = Notes(ledger, client, clock)
        self._trouble = Trouble(ledger, clock, words, token, personal.alarm, command=command)
        self._under_way: dict[tuple[int, int], asyncio.Task[None]] = {}  # by change, or by personal answer
        self._leaving = False

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then has ``CALL_SECONDS`` to end."""
        self._leaving = False
        try:
            while True:
                self._ledger.bell.clear()
                try:
                    await self.begin_due()
                except NotStored as away:
                    _log.warning("the outbox could not be read", error=str(away))
                with suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_SECONDS):  # wait_for loses a cancel that comes with the bell
                        await self._ledger.bell.wait()
        finally:
            await self._leave()

    async def _leave(self) -> None:
        """Begin nothing new, and let what may have left already learn its answer: nobody else can note or undo it."""
        self._leaving = True
        left = list(self._under_way.values())
        try:
            if left:
                await asyncio.wait(left, timeout=CALL_SECONDS)
        finally:
            for delivery in left:
                delivery.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def begin_due(self) -> list[asyncio.Task[None]]:
        """Begin to deliver what is due, each change by itself and its messages in their order; return what was begun.

        While Slack refuses the bot token, only what can do without one. What has a delivery under way is left to the
        next look: messages of a change never overtake each other, and what ends meanwhile is not as it was read.
        """
        busy = set(self._under_way)
        async with self._ledger.reading() as book:
            due = await self._due(book, {change for change, _ in busy if change})
        ready = sorted(filter(self._may_go, due), key=_order)
        by_change = {key: list(posts) for key, posts in groupby(ready, key=_change)}
        begun = []
        for key, posts in by_change.items():
            if key not in busy:
                delivery = self._under_way[key] = asyncio.create_task(self._in_order(posts))
                delivery.add_done_callback(partial(self._ended, key))
                begun.append(delivery)
        return begun

    async def _due(self, book: Book, busy: set[int]) -> list[Post]:
        now, replica, leads = self._clock.now(), self._place.replica, self._place.leads
        if self._token.refused:  # far more may be due than what can go without the token
            return await outbox.due(book, now=now, replica=replica, leads=leads, most=ANSWERS_MOST, answers_only=True)
        return await outbox.due(book, now=now, replica=replica, leads=leads, without=busy)

    def _may_go(self, post: Post) -> bool:
        if self._leaving:
            return False
        return not self._token.refused or self._personal.needs_no_token(post)

    def _ended(self, key: tuple[int, int], _delivery: asyncio.Task[None]) -> None:
        del self._under_way[key]
        self._ledger.bell.set()  # what was wanted meanwhile is due now

    async def _in_order(self, posts: list[Post]) -> None:
        try:
            for post in filter(self._may_go, posts):  # asked anew for each: the token may be lost since
                await self._safely(post)
        except NotStored as away:
            _log.warning("the delivery could not be noted", error=str(away))
            await asyncio.sleep(IDLE_SECONDS)  # the rows are due still, and Slack must not be asked in a tight loop

    async def _safely(self, post: Post) -> None:
        try:
            await self._try(post)
        except NotStored:
            raise
        except Exception:  # noqa: BLE001 - a fault of ours in one message must not keep the others back
            _log.exception("a message could not be made", purpose=post.purpose, change=post.change)
            await self._trouble.put_off(post, FAULT_SECONDS)

    async def _try(self, post: Post) -> None:
        try:
            ts = await self._deliver(post)
        except SlackApiError as error:
            await self._trouble.refused(post, error)
        except NO_ANSWER as error:  # the row stays due
            await self._trouble.unanswered(post, error)
        else:
            if ts is not None:
                await self._notes.note(post, ts)

    async def _deliver(self, post: Post) -> str | None:
        """Return the message's ``ts``, or None where there is none to note: its card must come first, Slack said no."""
        await self._place.assure()
        if post.is_personal:
            return await self._personal.tell(post)
        return await (self._notice(post) if post.change is None else self._show(post, post.change))

    async def _show(self, post: Post, number: int) -> str | None:
        async with self._ledger.reading() as book:
            change = await book.change(number)
            card = await outbox.card_ts(book, number)
        if post.purpose != Purpose.CARD and card is None:
            return None
        text, blocks = draw(post, change, self._words, command=self._command, now=self._clock.now())
        message: dict[str, Any] = {"channel": post.channel, "text": text, "blocks": blocks}
        if post.ts is None and post.sending_at is not None:
            thread = None if post.purpose == Purpose.CARD else card
            found = await find_own(self._client, post, channel=post.channel, thread=thread)
            if found is not None:
                return await self._edit(message, found)
            if post.is_first_card and change.state is State.CANCELLED:
                await self._trouble.never_stood(post)
                return None
            post = replace(post, sending_at=None)
        if post.ts is not None:
            return await self._edit(message, post.ts)
        if post.purpose != Purpose.CARD:
            message["thread_ts"] = card
        return await self._post(post, message)

    async def _notice(self, post: Post) -> str | None:
        """Tell a channel, unless it was told already: the answer may be what was lost."""
        if post.sending_at is not None:
            found = await find_own(self._client, post, channel=post.channel)
            if found is not None:
                return found
            post = replace(post, sending_at=None)
        text, blocks = in_lines(Mrkdwn(post.body["text"]))
        return await self._post(post, {"channel": post.channel, "text": text, "blocks": blocks})

    async def _post(self, post: Post, message: dict[str, Any]) -> str | None:
        async with self._ledger.writing() as book:
            await outbox.sending(book, post, at=self._clock.now())
        await self._place.assure()
        try:
            answer = await self._client.chat_postMessage(
                **message, metadata=mark(post), unfurl_links=False, unfurl_media=False
            )
        except SlackApiError as error:
            await self._trouble.not_posted(post, error)
            return None
        return str(answer["ts"])

    async def _edit(self, message: dict[str, Any], ts: str) -> str:
        await self._place.assure()
        answer = await self._client.chat_update(**message, ts=ts)
        return str(answer["ts"])


def _order(post: Post) -> tuple[int, int]:
    return post.change or 0, post.id


def _change(post: Post) -> tuple[int, int]:
    return (post.change, 0) if post.change is not None else (0, post.id)

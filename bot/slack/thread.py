"""Delivering what the ledger wants Slack to show: the card, its thread, and what one person sees.

A first post whose answer was lost is looked up before it is repeated; an edit is one call, however many states it
skips. Slack's own retry of a delivered POST is off (Slack fact sheet, section 17, trap 11).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import groupby
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.change import State
from bot.engine.ports import Clock
from bot.engine.standing import ALONE, Place
from bot.engine.telling import cancel
from bot.slack import personal
from bot.slack.client import NO_ANSWER
from bot.slack.drawing import draw
from bot.slack.lookup import find_own
from bot.slack.wording import Wording
from bot.store import outbox
from bot.store.book import SYSTEM, Book
from bot.store.ledger import Fenced, Ledger, NotStored
from bot.store.outbox import Post, Purpose

EVENT_TYPE = "countersign_post"  # message metadata, so that a post can be found again
IDLE_SECONDS = 1.0  # between two looks at the outbox when nobody rang
BACK_OFF_MOST = 60.0
DOUBLINGS_MOST = 10  # far beyond BACK_OFF_MOST; a number of tries has no end
GONE = frozenset({"message_not_found"})
# The place takes nothing now; somebody can invite the bot or open the channel again.
CLOSED = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "is_inactive"})
HOPELESS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "no_text", "msg_too_long", "msg_blocks_too_long", "cant_update_message",
     "edit_window_closed", "user_not_found", "invalid_arguments", "metadata_too_large"}
)  # fmt: skip
OUTCOMES = frozenset({Purpose.RESULT})  # what people must learn even while the thread can't be reached
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
        response_url: Callable[[str], str | None],
        place: Place = ALONE,
    ) -> None:
        self._ledger = ledger
        self._place = place
        self._client = client
        self._clock = clock
        self._words = words
        self._command = command
        self._response_url = response_url
        self._under_way: dict[tuple[int, int], asyncio.Task[None]] = {}  # by change, or by personal answer

    async def run(self) -> None:
        """Deliver until cancelled."""
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
            for delivery in self._under_way.values():
                delivery.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def begin_due(self) -> list[asyncio.Task[None]]:
        """Begin to deliver what is due, each change by itself and its messages in their order; return what was begun.

        A change with a delivery under way is left to the next look, so that its messages never overtake each other.
        """
        busy = {change for change, _ in self._under_way if change}
        async with self._ledger.reading() as book:
            due = await outbox.due(
                book, now=self._clock.now(), without=busy, replica=self._place.replica, leads=self._place.leads
            )
        by_change = {key: list(posts) for key, posts in groupby(sorted(due, key=_order), key=_change)}
        begun = []
        for key, posts in by_change.items():
            if key not in self._under_way:
                delivery = self._under_way[key] = asyncio.create_task(self._in_order(posts))
                delivery.add_done_callback(partial(self._ended, key))
                begun.append(delivery)
        return begun

    def _ended(self, key: tuple[int, int], _delivery: asyncio.Task[None]) -> None:
        del self._under_way[key]
        self._ledger.bell.set()  # what was wanted meanwhile is due now

    async def _in_order(self, posts: list[Post]) -> None:
        try:
            for post in posts:
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
            await self._put_off(post, self._clock.now() + BACK_OFF_MOST)

    async def _try(self, post: Post) -> None:
        now = self._clock.now()
        try:
            ts = await self._deliver(post)
        except SlackApiError as error:
            await self._refused(post, error, now)
        except NO_ANSWER as error:  # the row stays due
            _log.warning("slack did not answer", purpose=post.purpose, error=type(error).__name__)
            await self._put_off(post, now + _back_off(post))
        else:
            if ts is not None:
                await self._note(post, ts)

    async def _note(self, post: Post, ts: str) -> None:
        try:
            async with self._ledger.writing() as book:
                await outbox.delivered(book, post, ts=ts, at=self._clock.now())
        except Fenced:  # this process stood still while it sent: what it showed may be old, or shown twice
            async with self._ledger.writing(fenced=False) as book:
                shown = await outbox.again(book, post)
            if post.change is not None and shown not in {None, ts}:
                await self._client.chat_delete(channel=post.channel, ts=ts)
            raise

    async def _deliver(self, post: Post) -> str | None:
        """Return the message's ``ts``, or None where the card must come first."""
        await self._place.assure()
        if post.change is None:
            return await personal.tell(self._client, post, self._response_url)
        async with self._ledger.reading() as book:
            change = await book.change(post.change)
            card = await outbox.card_ts(book, post.change)
        if post.purpose != Purpose.CARD and card is None:
            return None
        text, blocks = draw(post, change, self._words, command=self._command, now=self._clock.now())
        message: dict[str, Any] = {"channel": post.channel, "text": text, "blocks": blocks}
        if post.ts is None and post.sending_at is not None:
            thread = None if post.purpose == Purpose.CARD else card
            found = await find_own(self._client, post, thread=thread, event_type=EVENT_TYPE)
            if found is not None:
                return await self._edit(message, found)
        if post.ts is not None:
            return await self._edit(message, post.ts)
        async with self._ledger.writing() as book:
            await outbox.sending(book, post, at=self._clock.now())
        await self._place.assure()
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"post": post.id, "purpose": post.purpose}}
        if post.purpose != Purpose.CARD:
            message["thread_ts"] = card
        answer = await self._client.chat_postMessage(
            **message, metadata=metadata, unfurl_links=False, unfurl_media=False
        )
        return str(answer["ts"])

    async def _edit(self, message: dict[str, Any], ts: str) -> str:
        await self._place.assure()
        answer = await self._client.chat_update(**message, ts=ts)
        return str(answer["ts"])

    async def _refused(self, post: Post, error: SlackApiError, now: float) -> None:
        why = str(error.response.get("error", "unknown"))
        status = error.response.status_code
        if why in GONE and post.ts is not None:
            async with self._ledger.writing() as book:
                await outbox.post_anew(book, post, why=why, at=now)
        elif why in HOPELESS or (why in CLOSED and (post.change is None or post.is_first_card)):
            _log.error("slack will not take a message", purpose=post.purpose, change=post.change, error=why)
            async with self._ledger.writing() as book:
                await self._without_card(book, post, why, now)
                await outbox.give_up(book, post, why=why, at=now)
        else:
            if why in CLOSED:
                await self._tell_directly(post, now)
            wait = float(error.response.headers.get("Retry-After", 0) or 0) or _back_off(post)
            _log.warning("slack put a message off", purpose=post.purpose, error=why, status=status, wait=wait)
            await self._put_off(post, now + wait)

    async def _without_card(self, book: Book, post: Post, why: str, now: float) -> None:
        """Take a change back whose card never stood anywhere, and tell its requester: nobody could decide it."""
        if post.change is None or not post.is_first_card:
            return
        change = await book.change(post.change)
        if change.state is not State.PENDING:
            return
        await cancel(book, change, actor=SYSTEM, at=now, why=why)
        text = self._words.say("answer/no_card", why=why, change=change.name)
        body = {"text": text}
        await outbox.answer(book, key=f"card-{post.id}", channel=post.channel, user=change.requester, body=body, at=now)

    async def _tell_directly(self, post: Post, now: float) -> None:
        """Tell requester and approver a result that can't stand in its thread now, each once."""
        if post.change is None or post.purpose not in OUTCOMES:
            return
        async with self._ledger.writing() as book:
            change = await book.change(post.change)
            text, _ = draw(post, change, self._words, command=self._command, now=now)
            for user in sorted({change.requester, change.decided_by or change.requester}):
                body = {"text": text, "direct": True}
                key = f"{post.purpose}-{post.id}-{user}"
                await outbox.answer_once(book, key=key, channel=post.channel, user=user, body=body, at=now)

    async def _put_off(self, post: Post, until: float) -> None:
        async with self._ledger.writing() as book:
            await outbox.put_off(book, post, until=until)


def _back_off(post: Post) -> float:
    return min(2.0 ** min(post.attempts, DOUBLINGS_MOST), BACK_OFF_MOST)


def _order(post: Post) -> tuple[int, int]:
    return post.change or 0, post.id


def _change(post: Post) -> tuple[int, int]:
    return (post.change, 0) if post.change is not None else (0, post.id)

"""What becomes of a message that Slack refuses: later, anew, to its people directly, or never, which is said."""

from collections.abc import Collection
from dataclasses import replace

import structlog
from slack_sdk.errors import SlackApiError

from bot.domain.change import Change, State
from bot.engine.ports import Clock
from bot.engine.telling import cancel
from bot.slack.alarm import Alarm
from bot.slack.cards import summary
from bot.slack.news import news, people, stage
from bot.slack.token_watch import TokenWatch
from bot.slack.tokens import slack_word
from bot.slack.wording import Wording, place
from bot.store import anew, outbox
from bot.store.book import SYSTEM, Book
from bot.store.ledger import Ledger
from bot.store.outbox import Post

BACK_OFF_MOST = 60.0  # seconds
CLOSED_MOST = 300.0  # seconds: a place that takes nothing is not asked every minute
CLOSED_TRIES = 300  # about a day; its people were told directly long before
DOUBLINGS_MOST = 10  # far beyond CLOSED_MOST; a number of tries has no end
GONE = frozenset({"message_not_found"})
NO_THREAD = frozenset({"cannot_reply_to_message", "thread_not_found"})  # the card above was deleted
# The place takes nothing now; somebody can invite the bot or open the channel again.
CLOSED = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "is_inactive"})
UNSURE = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout", None})  # may be done
HOPELESS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "no_text", "msg_too_long", "msg_blocks_too_long", "cant_update_message",
     "edit_window_closed", "user_not_found", "user_disabled", "user_not_visible", "cannot_dm_bot", "invalid_arguments",
     "metadata_too_large"}
)  # fmt: skip
_log = structlog.get_logger(__name__)


class Trouble:
    """Decides what becomes of a refused message, and of what hangs on it."""

    def __init__(
        self, ledger: Ledger, clock: Clock, words: Wording, token: TokenWatch, alarm: Alarm, *, command: str
    ) -> None:
        self._ledger = ledger
        self._alarm = alarm
        self._clock = clock
        self._words = words
        self._token = token
        self._command = command

    async def refused(self, post: Post, error: SlackApiError) -> None:
        """Act on Slack's no to ``post``; a no to the token itself leaves the row due until Slack takes it again."""
        why = slack_word(error) or "unknown"
        if self._token.note(why):
            return
        _log.warning("slack refused a message", purpose=post.purpose, change=post.change, error=why)
        is_hopeless = why in HOPELESS | CLOSED
        called = await self._alarm.called(post) if is_hopeless else frozenset[str]()
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if why in GONE and post.ts is not None:
                await anew.post_anew(book, post, why=why, at=now)
            elif is_hopeless:
                await self._tell_called(book, post, called, why, now)
                await self._not_taken(book, post, why, now)
            else:
                if why in NO_THREAD and post.change is not None:
                    await self._card_is_gone(book, post.change, why, now)
                wait = float(error.response.headers.get("Retry-After", 0) or 0) or _back_off(post, BACK_OFF_MOST)
                await outbox.put_off(book, post, wait=wait, at=now)

    async def not_posted(self, post: Post, error: SlackApiError) -> None:
        """Act on Slack's no to a first message: unless Slack failed midway, nothing of it stands."""
        if slack_word(error) not in UNSURE:
            async with self._ledger.writing() as book:
                await outbox.not_sent(book, post)
            post = replace(post, sending_at=None)
        await self.refused(post, error)

    async def never_stood(self, post: Post) -> None:
        """Leave the card of a change that was taken back out of a channel that never saw it."""
        async with self._ledger.writing() as book:
            await outbox.give_up(book, post, why="never_stood", at=self._clock.now())

    async def unanswered(self, post: Post, error: Exception) -> None:
        """Try ``post`` again later: Slack said nothing, and may have taken it."""
        _log.warning("slack did not answer", purpose=post.purpose, error=type(error).__name__)
        await self.put_off(post, _back_off(post, BACK_OFF_MOST))

    async def put_off(self, post: Post, wait: float) -> None:
        """Try ``post`` again in ``wait`` seconds."""
        async with self._ledger.writing() as book:
            await outbox.put_off(book, post, wait=wait, at=self._clock.now())

    async def _card_is_gone(self, book: Book, change: int, why: str, now: float) -> None:
        ts = await outbox.card_ts(book, change)
        if ts is not None:
            await anew.card_is_gone(book, change, ts=ts, why=why, at=now)

    async def _not_taken(self, book: Book, post: Post, why: str, now: float) -> None:
        """Tell people what they must learn; then wait for the place to open, where that can help."""
        change = None if post.change is None else await book.change(post.change)
        may_stand = post.sending_at is not None and why in CLOSED
        if change is not None and change.state is State.PENDING and post.is_first_card:
            await self._take_back(book, post, change, why, now)
            if may_stand:  # nobody shall read for ever that it waits
                await outbox.put_off(book, post, wait=_back_off(post, CLOSED_MOST), at=now)
                return
        elif change is not None:
            await self._tell_directly(book, change, why, now)
            if why in CLOSED and post.attempts < CLOSED_TRIES:
                await outbox.put_off(book, post, wait=_back_off(post, CLOSED_MOST), at=now)
                return
        elif not post.is_personal:
            await self._tell_who_asked(book, post, why, now)
        _log.error("slack will not take a message", purpose=post.purpose, change=post.change, error=why)
        await outbox.give_up(book, post, why=why, at=now)

    async def _take_back(self, book: Book, post: Post, change: Change, why: str, now: float) -> None:
        """Cancel a change whose card nobody can be sure to see, and tell its requester."""
        await cancel(book, change, actor=SYSTEM, at=now, why=why)
        said = "answer/no_card" if post.sending_at is None else "answer/lost_card"
        body = {"text": self._words.say(said, why=why, change=change.name, channel=place(post.channel))}
        await outbox.answer(book, key=f"card-{post.id}", channel=post.channel, user=change.requester, body=body, at=now)

    async def _tell_directly(self, book: Book, change: Change, why: str, now: float) -> None:
        """Tell requester and approver, each once, the state that its place in the channel can't show."""
        lacking = await outbox.lacking(book, change.id)
        told = news(change, lacking, self._words, command=self._command)
        if told is None:
            return
        where = self._words.say("answer/told_directly", channel=place(change.channel), why=why)
        for user in sorted(people(change, lacking)):
            key = f"{change.name}.{change.version}.{stage(change, lacking)}:{user}"
            body = {"text": f"{told}\n{where}", "direct": True}
            await outbox.answer_once(book, key=key, channel=change.channel, user=user, body=body, at=now)

    async def _tell_called(self, book: Book, post: Post, called: Collection[str], why: str, now: float) -> None:
        """Show an emergency, once, to each of those whom its card would have ``called``."""
        if post.change is None or not called:
            return
        change = await book.change(post.change)
        where = self._words.say("answer/told_directly", channel=place(change.channel), why=why)
        body = {"text": f"{summary(change, self._words, command=self._command)}\n{where}", "direct": True}
        for user in sorted({*called} - {change.requester}):
            key = f"{change.name}.glass:{user}"
            await outbox.answer_once(book, key=key, channel=change.channel, user=user, body=body, at=now)

    async def _tell_who_asked(self, book: Book, post: Post, why: str, now: float) -> None:
        """Tell whom a notice names what its channel can't be told."""
        if user := post.body.get("by"):
            where = self._words.say("answer/notice_directly", channel=place(post.channel), why=why)
            body = {"text": f"{post.body['text']}\n{where}", "direct": True}
            await outbox.answer_once(book, key=f"notice-{post.id}", channel=post.channel, user=user, body=body, at=now)


def _back_off(post: Post, most: float) -> float:
    return min(2.0 ** min(post.attempts, DOUBLINGS_MOST), most)

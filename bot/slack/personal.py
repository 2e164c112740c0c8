"""What only one person sees, by the shortest way that still works."""

from collections.abc import Callable
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.engine.ports import Clock
from bot.slack.alarm import Alarm, Members
from bot.slack.cards import Block
from bot.slack.client import NO_ANSWER
from bot.slack.drawing import for_one
from bot.slack.lookup import find_own, mark
from bot.slack.tokens import slack_word
from bot.store import outbox
from bot.store.ledger import Ledger
from bot.store.outbox import Post

UNREACHABLE = frozenset(
    {"user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "is_inactive"}
)
NO_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
HTTP_OK = 200
_log = structlog.get_logger(__name__)


async def withdraw(response_url: str | None) -> None:
    """Take the receipt of a command away; the card has taken its place. A receipt that stays does no harm."""
    if response_url:
        await _send(response_url, delete_original=True)


async def tell_at(response_url: str, text: str) -> bool:
    """Show ``text`` to whose interaction ``response_url`` belongs; say whether Slack took it.

    It works without the bot token, and where the bot may not post.
    """
    return bool(response_url) and await _send(response_url, text=text)


class Personal:
    """Answers to one person, and ``alarm``, which says to whom a card must be told.

    ``response_url`` gives, once, where the intake of a key may be answered; ``has_url`` says whether it would.
    ``members`` tells who is in a user group.
    """

    def __init__(
        self,
        ledger: Ledger,
        client: AsyncWebClient,
        clock: Clock,
        response_url: Callable[[str], str | None],
        has_url: Callable[[str], bool],
        members: Members,
    ) -> None:
        self.alarm = Alarm(ledger, members)
        self._ledger = ledger
        self._client = client
        self._clock = clock
        self._response_url = response_url
        self._has_url = has_url

    def needs_no_token(self, post: Post) -> bool:
        """Say whether ``post`` can be told while Slack refuses the bot token: a ``response_url`` works without."""
        return post.is_personal and self._has_url(_key(post))

    async def tell(self, post: Post) -> str:
        """Show ``post`` to its one person; return the message's ``ts``, ``""`` where Slack tells none.

        First by the interaction's own ``response_url`` (works wherever it was typed), then as an ephemeral message,
        then as a direct message; what is to be told ``direct``, or may have been before, only as that.
        """
        text, blocks = str(post.body["text"]), for_one(post)
        url = self._response_url(_key(post))
        if url and await _send(url, text=text, blocks=blocks, replace_original=bool(post.body.get("replaces"))):
            return ""
        if post.body.get("direct") or post.sending_at is not None:
            return await self._direct(post, text)
        try:
            return await self._ephemeral(post, text, blocks)
        except SlackApiError as error:
            if slack_word(error) not in UNREACHABLE:
                raise
            return await self._direct(post, text)

    async def _ephemeral(self, post: Post, text: str, blocks: list[Block] | None) -> str:
        """Show it as an ephemeral message, its text alone where Slack doesn't take its blocks."""
        message: dict[str, Any] = {"channel": post.channel, "user": post.user or "", "text": text}
        try:
            answer = await self._client.chat_postEphemeral(**message, blocks=blocks)
        except SlackApiError as error:
            if blocks is None or slack_word(error) not in NO_BLOCKS:
                raise
            _log.warning("slack takes no blocks for one person", error=slack_word(error))
            answer = await self._client.chat_postEphemeral(**message)
        return str(answer["message_ts"])

    async def _direct(self, post: Post, text: str) -> str:
        channel = str((await self._client.conversations_open(users=post.user or ""))["channel"]["id"])
        found = None if post.sending_at is None else await self._found(post, channel)
        if found is not None:
            return found
        async with self._ledger.writing() as book:
            await outbox.sending(book, post, at=self._clock.now())
        answer = await self._client.chat_postMessage(
            channel=channel, text=text, metadata=mark(post), unfurl_links=False
        )
        return str(answer["ts"])

    async def _found(self, post: Post, channel: str) -> str | None:
        try:
            return await find_own(self._client, post, channel=channel)
        except SlackApiError as error:
            if slack_word(error) == "missing_scope":  # installed before the bot asked to read its direct messages
                return None
            raise


def _key(post: Post) -> str:
    return post.purpose.partition(":")[2]


async def _send(
    url: str,
    *,
    text: str | None = None,
    blocks: list[Block] | None = None,
    replace_original: bool = False,
    delete_original: bool = False,
) -> bool:
    webhook = AsyncWebhookClient(url, timeout=5)
    try:
        answer = await webhook.send(
            text=text,
            blocks=blocks,
            response_type=None if delete_original else "ephemeral",
            replace_original=replace_original or None,
            delete_original=delete_original or None,
        )
    except NO_ANSWER as error:
        _log.info("a response_url did not answer", error=type(error).__name__)
        return False
    is_page = answer.body.lstrip().startswith("<")  # of something between us and Slack, which has not shown anything
    return answer.status_code == HTTP_OK and not is_page

"""What only one person sees, by the shortest way that still works."""

from collections.abc import Callable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.client import NO_ANSWER
from bot.store.outbox import Post

UNREACHABLE = frozenset(
    {"user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "is_inactive"}
)
HTTP_OK = 200
_log = structlog.get_logger(__name__)


async def withdraw(response_url: str | None) -> None:
    """Take the receipt of a command away; the card has taken its place. A receipt that stays does no harm."""
    if response_url:
        await _send(response_url, delete_original=True)


async def tell(client: AsyncWebClient, post: Post, response_url: Callable[[str], str | None]) -> str:
    """Show ``post`` to its one person; return the message's ``ts``, ``""`` where Slack tells none.

    First by the interaction's own ``response_url`` (works wherever it was typed), then as an ephemeral message, then
    as a direct message; what is to be told ``direct`` only as that.
    """
    text = str(post.body["text"])
    url = response_url(post.purpose.partition(":")[2])
    if url and await _send(url, text=text, replace_original=bool(post.body.get("replaces"))):
        return ""
    user = post.user or ""
    if post.body.get("direct"):
        return await _direct(client, user, text)
    try:
        answer = await client.chat_postEphemeral(channel=post.channel, user=user, text=text)
    except SlackApiError as error:
        if error.response.get("error") not in UNREACHABLE:
            raise
        return await _direct(client, user, text)
    return str(answer["message_ts"])


async def _direct(client: AsyncWebClient, user: str, text: str) -> str:
    direct = (await client.conversations_open(users=user))["channel"]["id"]
    answer = await client.chat_postMessage(channel=direct, text=text, unfurl_links=False)
    return str(answer["ts"])


async def _send(
    url: str, *, text: str | None = None, replace_original: bool = False, delete_original: bool = False
) -> bool:
    webhook = AsyncWebhookClient(url, timeout=5)
    try:
        answer = await webhook.send(
            text=text,
            response_type=None if delete_original else "ephemeral",
            replace_original=replace_original or None,
            delete_original=delete_original or None,
        )
    except NO_ANSWER as error:
        _log.info("a response_url did not answer", error=type(error).__name__)
        return False
    return answer.status_code == HTTP_OK

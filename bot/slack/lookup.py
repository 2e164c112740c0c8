"""Finding a message of ours whose answer was lost."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.store.outbox import Post

EVENT_TYPE = "countersign_post"  # message metadata, so that a post can be found again
CLOCKS_APART = 7200.0  # seconds our clock and Slack's may have differed when the message was sent
PAGE = 200


def mark(post: Post) -> dict[str, Any]:
    """Return the metadata by which ``post`` can be found again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"post": post.id, "purpose": post.purpose}}


async def find_own(client: AsyncWebClient, post: Post, *, channel: str, thread: str | None = None) -> str | None:
    """Return the ``ts`` of the message that was posted as ``post``, or None if it never arrived.

    A whole ``thread`` is read, of a channel only what is not older than the post.
    """
    oldest = f"{max((post.sending_at or 0.0) - CLOCKS_APART, 0.0):.6f}"
    cursor = ""
    own = (await client.auth_test())["bot_id"]
    while True:
        arguments: dict[str, Any] = {"channel": channel, "limit": PAGE, "cursor": cursor or None}
        if thread is None:
            answer = await client.conversations_history(**arguments, oldest=oldest, include_all_metadata=True)
        else:
            answer = await client.conversations_replies(**arguments, ts=thread, include_all_metadata=True)
        for message in answer.get("messages") or []:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if (message.get("bot_id"), metadata.get("event_type"), payload.get("post")) == (own, EVENT_TYPE, post.id):
                return str(message["ts"])
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None

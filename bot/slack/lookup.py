"""Finding a message of ours whose answer was lost."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.store.outbox import Post

CLOCKS_APART = 300.0  # seconds our clock and Slack's may differ
PAGE = 200


async def find_own(client: AsyncWebClient, post: Post, *, thread: str | None, event_type: str) -> str | None:
    """Return the ``ts`` of the message that was posted as ``post``, or None if it never arrived."""
    oldest = f"{(post.sending_at or 0.0) - CLOCKS_APART:.6f}"
    cursor = ""
    own = (await client.auth_test())["bot_id"]
    while True:
        arguments: dict[str, Any] = {"channel": post.channel, "oldest": oldest, "limit": PAGE, "cursor": cursor or None}
        if thread is None:
            answer = await client.conversations_history(**arguments, include_all_metadata=True)
        else:
            answer = await client.conversations_replies(**arguments, ts=thread, include_all_metadata=True)
        for message in answer.get("messages") or []:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if (message.get("bot_id"), metadata.get("event_type"), payload.get("post")) == (own, event_type, post.id):
                return str(message["ts"])
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return None

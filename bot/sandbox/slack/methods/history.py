"""conversations.history and conversations.replies: what was said; ephemeral messages never were."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.methods.pages import page
from bot.sandbox.slack.methods.places import readable
from bot.sandbox.slack.records import message_record
from bot.sandbox.slack.registry import Call, method
from bot.sandbox.slack.workspace import Message

HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
WINDOW = ("oldest", "latest", "inclusive")
WINDOW_ERRORS = ("invalid_ts_oldest", "invalid_ts_latest")


@method(
    "conversations.history",
    tier="t3",
    scopes=HISTORY,
    required=("channel",),
    optional=(*WINDOW, "cursor", "limit", "include_all_metadata"),
    errors=("channel_not_found", "not_in_channel", "invalid_cursor", *WINDOW_ERRORS),
)
def history(call: Call) -> dict[str, Any]:
    """Return the top level of a conversation, newest first."""
    channel = readable(call, "history")
    if call.platform.workspace.bot_user not in channel.members:
        raise Refused(error="not_in_channel")
    top = [message for message in channel.messages if message.thread_ts is None or message.broadcast]
    return _answer(call, reversed(_said(call, top)))


@method(
    "conversations.replies",
    tier="t3",
    scopes=HISTORY,
    required=("channel", "ts"),
    optional=(*WINDOW, "cursor", "limit", "include_all_metadata"),
    errors=("channel_not_found", "thread_not_found", "missing_scope", "invalid_cursor", *WINDOW_ERRORS),
)
def replies(call: Call) -> dict[str, Any]:
    """Return a thread, its parent first, oldest reply next."""
    channel = readable(call, "history")
    if call.platform.workspace.bot_user not in channel.members:
        raise Refused(error="channel_not_found")
    parent = channel.find(call.text("ts"))
    if parent is None or parent.ephemeral_to is not None:
        raise Refused(error="thread_not_found")
    below = [message for message in channel.messages if message.thread_ts == parent.ts]
    return _answer(call, [parent, *_said(call, below)])


def _said(call: Call, messages: Iterable[Message]) -> list[Message]:
    """Return the messages in the call's window that were not ephemeral; its ends count only where asked for."""
    oldest, latest = _moment(call, "oldest"), _moment(call, "latest")
    inclusive = call.flag("inclusive")

    def wanted(message: Message) -> bool:
        at = float(message.ts)
        return message.ephemeral_to is None and (oldest < at < latest or (inclusive and at in {oldest, latest}))

    return [message for message in messages if wanted(message)]


def _moment(call: Call, name: str) -> float:
    given = call.text(name)
    if not given:
        return 0.0 if name == "oldest" else float("inf")
    try:
        return float(given)
    except ValueError:
        raise Refused(error=f"invalid_ts_{name}") from None


def _answer(call: Call, messages: Iterable[Message]) -> dict[str, Any]:
    shown, on = page(call, list(messages))
    full = call.flag("include_all_metadata")
    records = [message_record(call.platform, message, all_metadata=full) for message in shown]
    return {"messages": records, "has_more": bool(on["response_metadata"]["next_cursor"])} | on

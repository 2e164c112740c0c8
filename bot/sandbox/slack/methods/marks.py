"""reactions.add and pins.add: what is put on a message."""

import re
from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.methods.places import found, visible, writable
from bot.sandbox.slack.registry import Call, method

EMOJI_NAME = re.compile(r"[a-z0-9_+'-]+(?:::skin-tone-[2-6])?")


@method(
    "reactions.add",
    tier="t3",
    scopes=("reactions:write",),
    required=("channel", "timestamp", "name"),
    errors=("channel_not_found", "message_not_found", "is_archived", "already_reacted", "invalid_name"),
)
def react(call: Call) -> dict[str, Any]:
    """Put an emoji on a message, once."""
    channel = visible(call.platform, call.text("channel"))
    if channel.is_archived:
        raise Refused(error="is_archived")
    message, name = found(channel, call.text("timestamp")), call.text("name")
    if not EMOJI_NAME.fullmatch(name):
        raise Refused(error="invalid_name")
    bot = call.platform.workspace.bot_user
    if bot in message.reactions.get(name, []):
        raise Refused(error="already_reacted")
    message.reactions.setdefault(name, []).append(bot)
    call.platform.workspace.touch()
    return {}


@method(
    "pins.add",
    tier="t2",
    scopes=("pins:write",),
    required=("channel",),
    optional=("timestamp",),
    errors=(
        "channel_not_found", "message_not_found", "not_in_channel", "already_pinned", "no_item_specified",
        "not_pinnable",
    ),
)  # fmt: skip
def pin(call: Call) -> dict[str, Any]:
    """Pin a message to its channel, once."""
    if not call.text("timestamp"):
        raise Refused(error="no_item_specified")
    try:
        channel = writable(call, call.text("channel"))
    except Refused as refusal:
        raise Refused(error="not_pinnable" if refusal.error == "is_archived" else refusal.error) from None
    message = found(channel, call.text("timestamp"))
    if message.pinned:
        raise Refused(error="already_pinned")
    message.pinned = True
    call.platform.workspace.touch()
    return {}

"""Answers to an interaction: a command's ack, or a POST to its response URL (Slack fact sheet, section 3)."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.compose import Content, compose, metadata
from bot.sandbox.slack.hooks import Hook
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.workspace import Message

KNOWN_TYPES = frozenset({"ephemeral", "in_channel"})


def understood(platform: Platform, body: Mapping[str, Any]) -> Content | None:
    """Return what ``body`` wants said, ``None`` where it says nothing.

    Raises:
        Refused: the body can't be understood or its blocks are invalid.
    """
    if body.get("response_type", "ephemeral") not in KNOWN_TYPES:
        raise Refused(error="invalid_payload")
    if not body.get("text") and not body.get("blocks"):
        return None
    return compose(body, marker=platform.marker, rng=platform.rng)


def answer(platform: Platform, hook: Hook, body: Mapping[str, Any]) -> None:
    """Do what ``body`` asks for: post, replace or delete.

    Raises:
        Refused: as ``understood``, or there is nothing to say, or nothing to replace; nothing was done.
    """
    content = understood(platform, body)
    if body.get("delete_original") is True:
        _delete(platform, hook)
        if content is not None:
            _post(platform, hook, body, content)
        return
    if content is None:
        raise Refused(error="no_text")
    original = _original(platform, hook) if body.get("replace_original") is True else None
    if original is None:
        _post(platform, hook, body, content)
    else:
        rewrite(platform, original, content)


def rewrite(platform: Platform, message: Message, content: Content) -> None:
    """Replace what ``message`` says; who sees it never changes."""
    message.earlier.append(message.blocks)
    message.text, message.blocks = content.text, content.blocks
    message.edited, message.edited_at = True, platform.workspace.new_ts()
    platform.workspace.touch()


def _original(platform: Platform, hook: Hook) -> Message | None:
    """Return what ``replace_original`` means: the pressed message, or the app's last reply to the command."""
    channel = platform.workspace.channels[hook.channel]
    if hook.source is not None:
        found = channel.find(hook.source)
        if found is None:
            raise Refused(error="message_not_found")
        return found
    return next((found for ts in reversed(hook.replies) if (found := channel.find(ts)) is not None), None)


def _delete(platform: Platform, hook: Hook) -> None:
    original = _original(platform, hook)
    if original is not None:
        platform.workspace.remove(original)


def _post(platform: Platform, hook: Hook, body: Mapping[str, Any], content: Content) -> None:
    in_channel, thread = body.get("response_type") == "in_channel", body.get("thread_ts")
    if thread and platform.workspace.channels[hook.channel].find(str(thread)) is None:
        raise Refused(error="message_not_found")
    message = platform.workspace.post(
        Message(
            ts=platform.workspace.new_ts(),
            channel=hook.channel,
            user=platform.workspace.bot_user,
            text=content.text,
            blocks=content.blocks,
            thread_ts=thread,
            metadata=metadata(body["metadata"]) if in_channel and body.get("metadata") else None,
            ephemeral_to=None if in_channel else hook.user,
            by_app=True,
        )
    )
    hook.replies.append(message.ts)

"""What a person types: a plain message, or a slash command (Slack fact sheet, sections 1 and 2)."""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.hooks import Hook
from bot.sandbox.slack.outcome import FINE, Outcome, Unable, failed
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.replies import answer, understood
from bot.sandbox.slack.workspace import Channel, Message, User

UNUSABLE_ANSWER = "invalid_command_response"


async def typed(platform: Platform, *, user: User, channel: Channel, text: str) -> Outcome:
    """Type ``text`` into ``channel`` as ``user`` and wait for what they see.

    Raises:
        Unable: the person can't write there, or there is no such command for them.
    """
    if user.id not in channel.members:
        message = f"{user.name} isn't in #{channel.name}"
        raise Unable(message)
    if channel.is_archived:
        message = f"#{channel.name} is archived"
        raise Unable(message)
    if not text.startswith("/"):
        _say(platform, user, channel, platform.marker.typed(text))
        return FINE
    name, _, rest = text.partition(" ")
    # Commands aren't shared over Slack Connect: for an outsider there is none (fact sheet, section 1).
    if name not in platform.app.commands or user.is_stranger:
        message = f"{name} is not a valid command. In Slack, messages that start with / are commands."
        raise Unable(message)
    return await _command(platform, user=user, channel=channel, name=name, text=rest)


async def _command(platform: Platform, *, user: User, channel: Channel, name: str, text: str) -> Outcome:
    said = platform.marker.typed(text) if platform.app.commands[name] else text
    hook = platform.hooks.issue("commands", user=user.id, channel=channel.id)
    payload = payloads.command(platform, user=user, channel=channel, name=name, text=said)
    payload["response_url"] = platform.origin + hook.path
    delivery, ack = await platform.deliveries.deliver(payload, envelope="slash_commands", kind="slash_commands")
    if ack.failure:
        return failed(_line(name, ack.failure))
    try:
        _answered(platform, hook, ack.payload, f"{name} {said}".strip())
    except Refused as refusal:
        delivery.refused = refusal.error
        return failed(_line(name, UNUSABLE_ANSWER))
    return FINE


def _answered(platform: Platform, hook: Hook, payload: dict[str, Any], line: str) -> None:
    """Do what the ack asks for: an empty one shows nothing, an ``in_channel`` one shows what was typed, too."""
    understood(platform, payload)
    if payload.get("response_type") == "in_channel":
        channel = platform.workspace.channels[hook.channel]
        _say(platform, platform.workspace.users[hook.user], channel, line)
    if payload.keys() - {"response_type"}:
        answer(platform, hook, payload)


def _say(platform: Platform, user: User, channel: Channel, text: str) -> None:
    ts = platform.workspace.new_ts()
    platform.workspace.post(Message(ts=ts, channel=channel.id, user=user.id, text=text))


def _line(name: str, error: str) -> str:
    return f'{name} failed with the error "{error}"'

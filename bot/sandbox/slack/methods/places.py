"""Which conversation a call means, and whether the app may see it."""

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.registry import Call
from bot.sandbox.slack.workspace import Channel, Message


def visible(platform: Platform, channel_id: str) -> Channel:
    """Return the conversation with that id.

    Raises:
        Refused: ``channel_not_found``, also for a private one the bot isn't in.
    """
    channel = platform.workspace.channels.get(channel_id)
    if channel is None or not platform.workspace.can_see(platform.workspace.bot_user, channel):
        raise Refused(error="channel_not_found")
    return channel


def readable(call: Call, right: str) -> Channel:
    """Return the conversation the call names, where the token's scope for its kind allows ``right``.

    ``right`` is ``read`` or ``history``: public, private and direct conversations have a scope of their own.

    Raises:
        Refused: ``channel_not_found`` or ``missing_scope``.
    """
    channel = visible(call.platform, call.text("channel"))
    call.need(f"{kind(channel)}:{right}")
    return channel


def kind(channel: Channel) -> str:
    """Return the first half of the scopes that govern ``channel``."""
    if channel.is_im:
        return "im"
    return "groups" if channel.is_private else "channels"


def writable(call: Call, name: str, *, public_scope: str = "") -> Channel:
    """Return the conversation ``name``, where the bot may write.

    ``public_scope`` is the scope that spares the bot the membership of public channels.

    Raises:
        Refused: ``channel_not_found``, ``is_archived`` or ``not_in_channel``.
    """
    channel = visible(call.platform, name)
    if channel.is_archived:
        raise Refused(error="is_archived")
    is_member = call.platform.workspace.bot_user in channel.members
    if not is_member and public_scope not in call.platform.app.scopes:
        raise Refused(error="not_in_channel")
    return channel


def found(channel: Channel, ts: str) -> Message:
    """Return the message with that timestamp; an ephemeral or a deleted one can't be found again.

    Raises:
        Refused: ``message_not_found``.
    """
    message = channel.find(ts)
    if message is None or message.deleted or message.ephemeral_to is not None:
        raise Refused(error="message_not_found")
    return message

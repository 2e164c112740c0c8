"""conversations.*: what there is, who is in it, and getting in (Slack fact sheet, section 9)."""

from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.methods.pages import page
from bot.sandbox.slack.methods.places import kind, readable, visible
from bot.sandbox.slack.records import channel_record
from bot.sandbox.slack.registry import Call, method
from bot.sandbox.slack.workspace import Channel

READ = ("channels:read", "groups:read", "im:read", "mpim:read")
TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}
PEOPLE_MOST = 8


@method(
    "conversations.info",
    tier="t3",
    scopes=READ,
    required=("channel",),
    optional=("include_num_members", "include_locale"),
    errors=("channel_not_found", "missing_scope"),
)
def info(call: Call) -> dict[str, Any]:
    """Return one conversation."""
    channel = readable(call, "read")
    record = channel_record(call.platform, channel, count_members=call.flag("include_num_members"))
    return {"channel": record | ({"locale": "en-US"} if call.flag("include_locale") else {})}


@method(
    "conversations.members",
    tier="t4",
    scopes=READ,
    required=("channel",),
    optional=("cursor", "limit"),
    errors=("channel_not_found", "missing_scope", "invalid_cursor", "invalid_limit"),
)
def members(call: Call) -> dict[str, Any]:
    """Return the ids of who is in a conversation."""
    people, on = page(call, sorted(readable(call, "read").members), limit_error="invalid_limit")
    return {"members": people} | on


@method(
    "conversations.list",
    tier="t2",
    scopes=READ,
    optional=("types", "exclude_archived", "cursor", "limit", "team_id"),
    errors=("invalid_types", "missing_scope", "invalid_cursor", "invalid_limit"),
)
def listing(call: Call) -> dict[str, Any]:
    """Return the conversations of the kinds asked for, as far as the bot sees them."""
    types = (call.text("types") or "public_channel").split(",")
    if unknown := {name.strip() for name in types} - TYPES.keys():
        raise Refused(error="invalid_types", detail=",".join(sorted(unknown)))
    wanted = {TYPES[name.strip()] for name in types}
    for scope in sorted(wanted):
        call.need(f"{scope}:read")
    workspace = call.platform.workspace
    channels = [
        channel
        for channel in workspace.channels.values()
        if kind(channel) in wanted and workspace.can_see(workspace.bot_user, channel)
        if not (channel.is_archived and call.flag("exclude_archived"))
    ]
    shown, on = page(call, channels, limit_error="invalid_limit")
    return {"channels": [channel_record(call.platform, channel, count_members=True) for channel in shown]} | on


@method(
    "conversations.join",
    tier="t3",
    scopes=("channels:join",),
    required=("channel",),
    errors=("channel_not_found", "is_archived", "method_not_supported_for_channel_type", "missing_scope"),
)
def join(call: Call) -> dict[str, Any]:
    """Let the bot into a public channel."""
    channel = visible(call.platform, call.text("channel"))
    if channel.is_im or channel.is_private:
        raise Refused(error="method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused(error="is_archived")
    workspace = call.platform.workspace
    was_in = workspace.bot_user in channel.members
    channel.members = channel.members | {workspace.bot_user}
    workspace.touch()
    warned = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return {"channel": channel_record(call.platform, channel)} | (warned if was_in else {})


@method(
    "conversations.open",
    tier="t3",
    scopes=("im:write", "mpim:write"),
    optional=("users", "channel", "return_im"),
    errors=(
        "users_list_not_supplied", "user_not_found", "user_disabled", "channel_not_found", "too_many_users",
        "method_not_supported_for_channel_type", "missing_scope",
    ),
)  # fmt: skip
def open_(call: Call) -> dict[str, Any]:
    """Open the DM with one person; a group of people is not served."""
    known = set(call.platform.workspace.channels)
    channel = _open_by_id(call) if call.text("channel") else _open_with(call)
    already = {"no_op": True, "already_open": True} if channel.id in known else {}
    record = channel_record(call.platform, channel) if call.flag("return_im") else {"id": channel.id}
    return {"channel": record} | already


def _open_by_id(call: Call) -> Channel:
    channel = visible(call.platform, call.text("channel"))
    if not channel.is_im:
        raise Refused(error="method_not_supported_for_channel_type")
    return channel


def _open_with(call: Call) -> Channel:
    people = [name.strip() for name in call.text("users").split(",") if name.strip()]
    if not people:
        raise Refused(error="users_list_not_supplied")
    if len(people) > PEOPLE_MOST:
        raise Refused(error="too_many_users")
    if len(people) > 1:
        raise Refused(error="method_not_supported_for_channel_type")
    call.need("im:write")
    user = call.platform.workspace.users.get(people[0])
    if user is None or user.is_bot:
        raise Refused(error="user_not_found")
    if user.deleted:
        raise Refused(error="user_disabled")
    return call.platform.workspace.direct_messages(user.id)

"""People, channels and messages as the Web API shows them to the app."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.command.moments import zone_of
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.workspace import Channel, Message, User, UserGroup

ADMINISTRATOR = "USLACKBOT"  # who made the groups
CREATED = 1_700_000_000  # when the sandbox's workspace came into being, seconds since the epoch


def user_record(platform: Platform, user: User, *, locale: bool) -> dict[str, Any]:
    """Return ``user`` as ``users.info`` does: outsiders and the deactivated show less (fact sheet, section 14)."""
    organisation = platform.workspace.organisation
    record: dict[str, Any] = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "updated": CREATED,
        "profile": {"real_name": user.real_name, "display_name": user.name, "team": user.team_id},
    }
    if user.is_stranger:
        return record | {"is_stranger": True}
    if organisation is not None and user.team_id in organisation.teams:
        record["enterprise_user"] = {
            "id": user.id,
            "enterprise_id": organisation.id,
            "enterprise_name": organisation.name,
            "is_admin": False,
            "is_owner": False,
            "teams": [user.team_id],
        }
    if user.deleted:
        return record
    record |= {
        "real_name": user.real_name,
        **_zone(platform, user),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_app_user": False,
        "is_workflow_bot": user.is_workflow_bot,
        "is_email_confirmed": True,
    }
    return record | ({"locale": user.locale} if locale else {})


def _zone(platform: Platform, user: User) -> dict[str, Any]:
    """Return the time zone of ``user``'s profile, with the offset it has now; nothing where the profile has none."""
    zone = zone_of(user.tz)
    if zone is None:
        return {"tz": user.tz} if user.tz else {}
    now = datetime.fromtimestamp(platform.workspace.clock.now(), zone)
    offset = now.utcoffset() or timedelta()
    return {"tz": user.tz, "tz_label": now.tzname(), "tz_offset": int(offset.total_seconds())}


def channel_record(platform: Platform, channel: Channel, *, count_members: bool = False) -> dict[str, Any]:
    """Return ``channel`` as ``conversations.info`` does; a channel with outsiders in it is an external one."""
    workspace = platform.workspace
    if channel.is_im:
        partner = next(iter(channel.members - {workspace.bot_user}))
        return {"id": channel.id, "created": CREATED, "is_im": True, "is_org_shared": False, "user": partner}
    shared = any(workspace.users[member].is_stranger for member in channel.members)
    record = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_general": False,
        "is_member": workspace.bot_user in channel.members,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "created": CREATED,
        "context_team_id": workspace.team.id,
    }
    return record | ({"num_members": len(channel.members)} if count_members else {})


def message_record(platform: Platform, message: Message, *, all_metadata: bool = True) -> dict[str, Any]:
    """Return ``message`` as the app reads it; without ``all_metadata`` only the metadata's type shows."""
    metadata = message.metadata
    if metadata and not all_metadata:
        metadata = {"event_type": metadata["event_type"]}
    reactions = [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()]
    author = {"bot_id": platform.app.bot_id, "app_id": platform.app.id} if message.by_app else {}
    optional = {
        "subtype": "tombstone" if message.deleted else None,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts or (message.ts if message.reply_count else None),
        "reply_count": message.reply_count,
        "edited": {"user": message.user, "ts": message.edited_at} if message.edited else None,
        "metadata": metadata,
        "reactions": reactions,
        "pinned_to": [message.channel] if message.pinned else None,
    }
    return {
        "type": "message",
        "ts": message.ts,
        "user": message.user,
        "team": platform.workspace.users[message.user].team_id,
        "text": message.text,
        **author,
        **{name: value for name, value in optional.items() if value},
    }


def group_record(group: UserGroup, *, users: bool, count: bool) -> dict[str, Any]:
    """Return ``group`` as ``usergroups.list`` does; ``date_delete`` isn't 0 where it is disabled."""
    record: dict[str, Any] = {
        "id": group.id,
        "team_id": group.team,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": CREATED,
        "date_update": CREATED,
        "date_delete": CREATED if group.disabled else 0,
        "auto_type": None,
        "created_by": ADMINISTRATOR,
        "updated_by": ADMINISTRATOR,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
    }
    if users:
        record["users"] = list(group.members)
    if count:
        record["user_count"] = str(len(group.members))
    return record

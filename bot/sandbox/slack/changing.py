"""Creating and changing people, channels and user groups from outside, as an administrator would."""

import dataclasses
from typing import Any

from bot.sandbox.slack.wishes import BadWish
from bot.sandbox.slack.workspace import Channel, User, UserGroup, Workspace

USER_FIELDS = {
    "name": str,
    "real_name": str,
    "team_id": str,
    "locale": str,
    "tz": str,
    "deleted": bool,
    "is_bot": bool,
    "is_workflow_bot": bool,
    "is_restricted": bool,
    "is_ultra_restricted": bool,
    "is_stranger": bool,
}
CHANNEL_FIELDS = {"name": str, "is_private": bool, "is_archived": bool, "members": list}
GROUP_FIELDS = {"handle": str, "name": str, "team": str, "members": list, "disabled": bool}


def change_user(workspace: Workspace, wish: dict[str, Any]) -> dict[str, Any]:
    """Create or change a user, who is named by ``id`` (of a known one also by name)."""
    name, fields = _split(wish, USER_FIELDS)
    known = workspace.find_user(name)
    new = User(id=name, name=name.lower(), real_name=name, team_id=workspace.team.id)
    user = dataclasses.replace(known or new, **fields)
    workspace.users[user.id] = user
    workspace.touch()
    return dataclasses.asdict(user)


def change_channel(workspace: Workspace, wish: dict[str, Any]) -> dict[str, Any]:
    """Create or change a channel; ``members`` are ids or names and replace those before."""
    name, fields = _split(wish, CHANNEL_FIELDS)
    if "members" in fields:
        fields["members"] = set(_people(workspace, fields["members"]))
    channel = workspace.find_channel(name) or Channel(id=name, name=name.lower())
    for field, value in fields.items():
        setattr(channel, field, value)
    workspace.channels[channel.id] = channel
    workspace.touch()
    return {"id": channel.id, "name": channel.name, "members": sorted(channel.members)}


def change_usergroup(workspace: Workspace, wish: dict[str, Any]) -> dict[str, Any]:
    """Create or change a user group; ``members`` are ids or names and replace those before."""
    name, fields = _split(wish, GROUP_FIELDS)
    if "members" in fields:
        fields["members"] = tuple(_people(workspace, fields["members"]))
    new = UserGroup(id=name, team=workspace.team.id, handle=name.lower(), name=name, members=())
    group = dataclasses.replace(workspace.usergroups.get(name, new), **fields)
    workspace.usergroups[group.id] = group
    workspace.touch()
    return dataclasses.asdict(group)


def _split(wish: dict[str, Any], known: dict[str, type]) -> tuple[str, dict[str, Any]]:
    name = wish.get("id")
    if not isinstance(name, str) or not name:
        message = "'id' must be a string"
        raise BadWish(message)
    fields = {field: value for field, value in wish.items() if field != "id"}
    for field, value in fields.items():
        if field not in known:
            message = f"{field!r} isn't one of {', '.join(known)}"
            raise BadWish(message)
        if not isinstance(value, known[field]):
            message = f"{field!r} must be of type {known[field].__name__}"
            raise BadWish(message)
    return name, fields


def _people(workspace: Workspace, names: list[Any]) -> list[str]:
    found = [(name, workspace.find_user(str(name))) for name in names]
    for name, user in found:
        if user is None:
            message = f"there is nobody called {name!r}"
            raise BadWish(message)
    return [user.id for _, user in found if user is not None]

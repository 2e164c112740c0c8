"""usergroups.*: groups of people who may approve."""

from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.records import group_record
from bot.sandbox.slack.registry import Call, method


@method(
    "usergroups.list",
    tier="t2",
    scopes=("usergroups:read",),
    optional=("include_users", "include_disabled", "include_count", "team_id"),
)
def listing(call: Call) -> dict[str, Any]:
    """Return the workspace's user groups."""
    users, count = call.flag("include_users"), call.flag("include_count")
    groups = [
        group_record(call.platform, group, users=users, count=count)
        for group in call.platform.workspace.usergroups.values()
        if call.flag("include_disabled") or not group.disabled
    ]
    return {"usergroups": groups}


@method(
    "usergroups.users.list",
    tier="t2",
    scopes=("usergroups:read",),
    required=("usergroup",),
    optional=("include_disabled", "team_id"),
    errors=("no_such_subteam",),
)
def members(call: Call) -> dict[str, Any]:
    """Return the ids of who is in a group; a deactivated member may be among them."""
    group = call.platform.workspace.usergroups.get(call.text("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise Refused(error="no_such_subteam")
    return {"users": list(group.members)}

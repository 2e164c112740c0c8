"""usergroups.*: groups of people who may approve. Neither list has pages (Slack's method reference)."""

from typing import Any

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.records import group_record
from bot.sandbox.slack.registry import Call, method
from bot.sandbox.slack.workspace import UserGroup


@method(
    "usergroups.list",
    tier="t2",
    scopes=("usergroups:read",),
    optional=("include_users", "include_disabled", "include_count", "team_id"),
    errors=("missing_argument", "invalid_team"),
)
def listing(call: Call) -> dict[str, Any]:
    """Return the user groups of the workspace; the token of an organisation has to name it."""
    organisation, team = call.platform.workspace.organisation, call.text("team_id")
    if organisation is not None and not team:
        raise Refused(error="missing_argument")
    if organisation is not None and team not in organisation.teams:
        raise Refused(error="invalid_team")
    users, count = call.flag("include_users"), call.flag("include_count")
    groups = [group_record(group, users=users, count=count) for group in _groups(call)]
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
    if call.platform.workspace.organisation is not None and not call.text("team_id"):
        raise invalid(["[ERROR] missing required field: team_id"])
    group = next((group for group in _groups(call) if group.id == call.text("usergroup")), None)
    if group is None:
        raise Refused(error="no_such_subteam")
    return {"users": list(group.members)}


def _groups(call: Call) -> list[UserGroup]:
    """Return the groups of the workspace that is meant; ``team_id`` is ignored but for an organisation's token."""
    workspace = call.platform.workspace
    team = call.text("team_id") if workspace.organisation is not None else workspace.team.id
    groups = [group for group in workspace.usergroups.values() if group.team == team]
    return [group for group in groups if call.flag("include_disabled") or not group.disabled]

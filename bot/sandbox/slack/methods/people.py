"""users.*, bots.info and team.info: who is who (Slack fact sheet, section 14)."""

from typing import Any

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.methods.pages import page
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.records import user_record
from bot.sandbox.slack.registry import Call, method
from bot.sandbox.slack.workspace import User


@method(
    "users.info",
    tier="t4",
    scopes=("users:read",),
    required=("user",),
    optional=("include_locale",),
    errors=("user_not_found", "user_not_visible"),
)
def info(call: Call) -> dict[str, Any]:
    """Return one user; an outsider only where the bot shares a channel with them."""
    user = call.platform.workspace.users.get(call.text("user"))
    if user is None:
        raise Refused(error="user_not_found")
    if user.is_stranger and not _shares_a_channel(call.platform, user):
        raise Refused(error="user_not_visible")
    return {"user": user_record(call.platform, user, locale=call.flag("include_locale"))}


def _shares_a_channel(platform: Platform, user: User) -> bool:
    pair = {user.id, platform.workspace.bot_user}
    return any(pair <= channel.members for channel in platform.workspace.channels.values())


@method(
    "users.list",
    tier="t2",
    scopes=("users:read",),
    optional=("include_locale", "cursor", "limit", "team_id"),
    errors=("invalid_cursor",),
)
def listing(call: Call) -> dict[str, Any]:
    """Return the workspace's own users, the deactivated among them."""
    workspace = call.platform.workspace
    own = [user for user in workspace.users.values() if user.team_id == workspace.team.id]
    shown, on = page(call, own)
    locale = call.flag("include_locale")
    return {"members": [user_record(call.platform, user, locale=locale) for user in shown]} | on


@method("bots.info", tier="t3", scopes=("users:read",), optional=("bot", "team_id"), errors=("bot_not_found",))
def bot_info(call: Call) -> dict[str, Any]:
    """Return the app's bot."""
    app = call.platform.app
    if call.text("bot") not in {"", app.bot_id}:
        raise Refused(error="bot_not_found")
    return {
        "bot": {
            "id": app.bot_id,
            "app_id": app.id,
            "user_id": call.platform.workspace.bot_user,
            "name": app.name,
            "deleted": False,
        }
    }


@method("team.info", tier="t3", scopes=("team:read",), optional=("team",), errors=("team_not_found",))
def team_info(call: Call) -> dict[str, Any]:
    """Return the workspace."""
    team = call.platform.workspace.team
    if call.text("team") not in {"", team.id}:
        raise Refused(error="team_not_found")
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}

"""api.test, auth.test and apps.connections.open: the app and Slack itself."""

from typing import Any
from urllib.parse import urlencode

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.registry import Call, method


@method("api.test", tier="t4", optional=("error",), caller="anybody")
def api_test(call: Call) -> dict[str, Any]:
    """Answer what was asked for; ``error`` asks for that error."""
    wish = {"ok": False, "error": call.text("error")} if call.text("error") else {}
    return {"args": dict(call.args)} | wish


@method("auth.test", tier="t5")
def auth_test(call: Call) -> dict[str, Any]:
    """Tell whose token this is."""
    team, workspace = call.platform.workspace.team, call.platform.workspace
    organisation = workspace.organisation
    known = {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": workspace.users[workspace.bot_user].name,
        "team_id": team.id,
        "user_id": workspace.bot_user,
        "bot_id": call.platform.app.bot_id,
        "is_enterprise_install": organisation is not None,
    }
    if organisation is None:
        return known
    return known | {"team": organisation.name, "team_id": organisation.id, "enterprise_id": organisation.id}


@method("apps.connections.open", tier="t3", caller="app", errors=("internal_error",))
def open_connection(call: Call) -> dict[str, Any]:
    """Return a fresh address that opens one Socket Mode connection, soon."""
    if call.platform.faults.take("connections_open_fails"):
        raise Refused(error="internal_error")
    query = urlencode({"ticket": call.platform.tickets.issue(), "app_id": call.platform.app.id})
    return {"url": f"{call.platform.origin.replace('http', 'ws', 1)}/link/?{query}"}

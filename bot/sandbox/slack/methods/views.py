"""views.open, views.push and views.update: modals (Slack fact sheet, section 4)."""

from typing import Any

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.modals import checked, put_up, replace
from bot.sandbox.slack.registry import Call, method

TRIGGER_ERRORS = ("invalid_trigger_id", "expired_trigger_id", "exchanged_trigger_id")
VIEW_ERRORS = ("view_too_large", "duplicate_external_id")


@method(
    "views.open",
    tier="t4",
    required=("view",),
    optional=("trigger_id",),
    errors=(*TRIGGER_ERRORS, *VIEW_ERRORS),
)
def open_(call: Call) -> dict[str, Any]:
    """Open a modal in front of whoever caused the trigger."""
    view = checked(call.platform, call.structure("view"))
    trigger = call.platform.triggers.exchange(_trigger_id(call))
    return {"view": put_up(call.platform, trigger.user, view, on_top=False).payload}


@method(
    "views.push",
    tier="t4",
    required=("view",),
    optional=("trigger_id",),
    errors=(*TRIGGER_ERRORS, *VIEW_ERRORS, "not_found", "push_limit_reached"),
)
def push(call: Call) -> dict[str, Any]:
    """Put a modal on top of the one the trigger came from."""
    view = checked(call.platform, call.structure("view"))
    trigger = call.platform.triggers.exchange(_trigger_id(call))
    if trigger.view is None or call.platform.workspace.find_view(trigger.view) is None:
        raise Refused(error="not_found")
    return {"view": put_up(call.platform, trigger.user, view, on_top=True).payload}


@method(
    "views.update",
    tier="t4",
    required=("view",),
    optional=("view_id", "external_id", "hash"),
    errors=(*VIEW_ERRORS, "hash_conflict", "not_found"),
)
def update(call: Call) -> dict[str, Any]:
    """Replace an open modal; with ``hash`` only while nobody else has."""
    name = call.text("view_id") or call.text("external_id")
    if not name:
        raise invalid(["[ERROR] missing required field: view_id"])
    shown = call.platform.workspace.find_view(name)
    view = checked(call.platform, call.structure("view"), replaces=shown)
    if shown is None:
        raise Refused(error="not_found")
    if call.text("hash") not in {"", shown.payload["hash"]}:
        raise Refused(error="hash_conflict")
    replace(call.platform, shown, view)
    return {"view": shown.payload}


def _trigger_id(call: Call) -> str:
    if not call.text("trigger_id"):
        raise invalid(["[ERROR] missing required field: trigger_id"])
    return call.text("trigger_id")

"""Modals: checked, opened, stacked, replaced and closed (Slack fact sheet, sections 4 and 11)."""

import json
from typing import Any

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.blockkit.dressing import dress_text, dressed
from bot.sandbox.slack.blockkit.flaws import view_flaws
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.workspace import View

VIEW_MOST = 250_000
STACK_MOST = 3
LABELS = ("title", "submit", "close")


def checked(platform: Platform, given: object, *, replaces: View | None = None) -> dict[str, Any]:
    """Return ``given`` where it is a modal Slack takes.

    Raises:
        Refused: ``view_too_large``, ``invalid_arguments`` or ``duplicate_external_id``.
    """
    if len(json.dumps(given)) > VIEW_MOST:
        raise Refused(error="view_too_large")
    flaws = view_flaws(given)
    if flaws or not isinstance(given, dict):
        raise invalid(flaws)
    holder = platform.workspace.find_view(given.get("external_id", ""))
    if holder is not None and holder is not replaces:
        raise Refused(error="duplicate_external_id")
    return given


def put_up(platform: Platform, user: str, given: dict[str, Any], *, on_top: bool) -> View:
    """Show ``user`` a checked modal: on top of theirs, or instead of them.

    Raises:
        Refused: ``push_limit_reached``.
    """
    stack = platform.workspace.views_of(user) if on_top else []
    if len(stack) >= STACK_MOST:
        raise Refused(error="push_limit_reached")
    new = platform.workspace.new_id("V")
    payload = _payload(platform, given) | {
        "id": new,
        "root_view_id": stack[0].id if stack else new,
        "previous_view_id": stack[-1].id if stack else None,
    }
    view = View(id=new, user=user, payload=payload)
    platform.workspace.stacks[user] = [*stack, view]
    platform.workspace.touch()
    return view


def replace(platform: Platform, view: View, given: dict[str, Any]) -> None:
    """Put a checked modal in the place of ``view``; answers to questions that stay are kept."""
    old = view.payload
    payload = _payload(platform, given) | {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
    kept = {block["block_id"] for block in payload["blocks"]}
    values = {block: fields for block, fields in old["state"]["values"].items() if block in kept}
    view.payload = payload | {"state": {"values": values}}
    view.errors = {}
    platform.workspace.touch()


def take_down(platform: Platform, view: View, *, all_of_them: bool) -> None:
    """Close ``view``, or the whole stack it belongs to."""
    stack = platform.workspace.views_of(view.user)
    platform.workspace.stacks[view.user] = [] if all_of_them else [other for other in stack if other is not view]
    platform.workspace.touch()


def _payload(platform: Platform, given: dict[str, Any]) -> dict[str, Any]:
    """Return a checked modal in the form Slack keeps and returns."""
    team, organisation = platform.workspace.team.id, platform.workspace.organisation
    labels = {name: dict(given[name]) if given.get(name) else None for name in LABELS}
    for label in labels.values():
        if label is not None:
            dress_text(label, marker=platform.marker)
    return labels | {
        "team_id": team,
        "app_installed_team_id": organisation.id if organisation else team,
        "app_id": platform.app.id,
        "bot_id": platform.app.bot_id,
        "type": "modal",
        "blocks": dressed(given["blocks"], marker=platform.marker, rng=platform.rng),
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "external_id": given.get("external_id", ""),
        "clear_on_close": given.get("clear_on_close", False),
        "notify_on_close": given.get("notify_on_close", False),
        "hash": f"{platform.workspace.clock.now():.0f}.{platform.rng.getrandbits(32):08x}",
        "state": {"values": {}},
    }

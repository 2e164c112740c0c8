"""What the app is told a person did (Slack fact sheet, sections 1 and 5)."""

from typing import Any

from bot.sandbox.slack.inputs import KINDS, Values, values
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.records import message_record
from bot.sandbox.slack.workspace import Channel, Message, User, View

VERIFICATION = "verification-token"  # deprecated by Slack and to be ignored by the app


def channel_name(channel: Channel) -> str:
    """Return the channel's name as payloads tell it: a placeholder where it isn't public."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def command(platform: Platform, *, user: User, channel: Channel, name: str, text: str) -> dict[str, Any]:
    """Return a slash command's payload, all but its ``response_url``."""
    team, organisation = platform.workspace.team, platform.workspace.organisation
    whole = {"enterprise_id": organisation.id, "enterprise_name": organisation.name} if organisation else {}
    return whole | {
        "token": VERIFICATION,
        "team_id": user.team_id if organisation else team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": platform.app.id,
        "is_enterprise_install": "true" if organisation else "false",
        "trigger_id": platform.triggers.issue(user.id),
    }


def press_in_message(
    platform: Platform, *, user: User, message: Message, action: dict[str, Any], known: Values
) -> dict[str, Any]:
    """Return a ``block_actions`` payload from a message, all but its ``response_url``.

    The message of an ephemeral one is left out: the app can't rely on it (fact sheet, section 5).
    """
    channel = platform.workspace.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    payload = _interaction(platform, user, "block_actions") | {
        "trigger_id": platform.triggers.issue(user.id),
        "container": container | ({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": values(message.blocks, known)},
        "actions": [action],
    }
    return payload if message.ephemeral_to else payload | {"message": message_record(platform, message)}


def press_in_view(platform: Platform, *, user: User, view: View, action: dict[str, Any]) -> dict[str, Any]:
    """Return a ``block_actions`` payload from a modal."""
    return _interaction(platform, user, "block_actions") | {
        "trigger_id": platform.triggers.issue(user.id, view.id),
        "container": {"type": "view", "view_id": view.id},
        "view": view_record(view),
        "actions": [action],
    }


def submission(platform: Platform, *, user: User, view: View) -> dict[str, Any]:
    """Return a ``view_submission`` payload."""
    return _interaction(platform, user, "view_submission") | {
        "trigger_id": platform.triggers.issue(user.id, view.id),
        "view": view_record(view),
        "response_urls": [],
    }


def closing(platform: Platform, *, user: User, view: View, cleared: bool) -> dict[str, Any]:
    """Return a ``view_closed`` payload; ``cleared`` says the whole stack was closed."""
    return _interaction(platform, user, "view_closed") | {"view": view_record(view), "is_cleared": cleared}


def view_record(view: View) -> dict[str, Any]:
    """Return ``view`` with the current value of everything in it."""
    state = {"values": values(view.payload["blocks"], view.payload["state"]["values"])}
    return view.payload | {"state": state}


def action_of(platform: Platform, block_id: str, element: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Return the one entry of ``actions``: the element as pressed, with the value chosen."""
    kept = ("text", "url", "style", "confirm", "placeholder", *(kind.initial for kind in KINDS.values()))
    shown = {name: element[name] for name in kept if name in element}
    ids = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    return ids | shown | value | {"action_ts": platform.workspace.new_ts()}


def _interaction(platform: Platform, user: User, kind: str) -> dict[str, Any]:
    team, organisation = platform.workspace.team, platform.workspace.organisation
    return {
        "type": kind,
        "token": VERIFICATION,
        "api_app_id": platform.app.id,
        # An organisation's install may name no workspace (fact sheet, section 14); here it never does.
        "team": None if organisation else {"id": team.id, "domain": team.domain},
        "enterprise": {"id": organisation.id, "name": organisation.name} if organisation else None,
        "is_enterprise_install": organisation is not None,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
    }

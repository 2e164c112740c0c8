"""The workspace as one person sees it, as JSON."""

from dataclasses import asdict
from typing import Any

from bot.sandbox.slack.workspace import Channel, Message, View, Workspace


def state(workspace: Workspace, viewer: str | None) -> dict[str, Any]:
    """Return everything ``viewer`` (a user's id) sees; without one everything there is, other people's ephemerals too.

    Shape: ``revision``, ``team``, ``users``, ``channels`` (each with ``messages``, each with ``replies``), ``views``.
    """
    channels = [c for c in workspace.channels.values() if viewer is None or workspace.can_see(viewer, c)]
    stacks = workspace.stacks.values() if viewer is None else [workspace.views_of(viewer)]
    return {
        "revision": workspace.revision,
        "team": asdict(workspace.team),
        "users": [asdict(user) for user in workspace.users.values()],
        "usergroups": [asdict(group) for group in workspace.usergroups.values()],
        "channels": [_channel(workspace, channel, viewer) for channel in channels],
        "views": [_view(view) for stack in stacks for view in stack],
    }


def _channel(workspace: Workspace, channel: Channel, viewer: str | None) -> dict[str, Any]:
    seen = [m for m in channel.messages if viewer is None or m.ephemeral_to in {None, viewer}]
    top = [message for message in seen if message.thread_ts is None or message.broadcast]
    return {
        "id": channel.id,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "members": sorted(channel.members),
        "is_member": workspace.bot_user in channel.members if viewer is None else viewer in channel.members,
        "messages": [_message(m) | {"replies": [_message(r) for r in seen if r.thread_ts == m.ts]} for m in top],
    }


def _message(message: Message) -> dict[str, Any]:
    record = asdict(message)
    del record["earlier"]
    return record


def _view(view: View) -> dict[str, Any]:
    return view.payload | {"user": view.user, "errors": view.errors}

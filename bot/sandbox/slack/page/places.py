"""Where somebody stands on the page: who they are, in which channel, in front of which thread."""

from dataclasses import dataclass
from itertools import chain
from typing import Literal

from bot.sandbox.slack.page.names import Names
from bot.sandbox.slack.workspace import Channel, Message, User, Workspace

Part = Literal["page", "person", "channel", "message", "start"]


class Nowhere(Exception):
    """An address that leads nowhere: which ``part`` of it, as it was ``asked`` for, seen by ``viewer`` (a name)."""

    def __init__(self, *, part: Part, asked: str, viewer: str = "") -> None:
        super().__init__(part, asked, viewer)
        self.part = part
        self.asked = asked
        self.viewer = viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A person in a channel; ``thread`` is the parent of the replies they look at, if they do."""

    viewer: User
    channel: Channel
    thread: Message | None = None

    @property
    def channel_path(self) -> str:
        """The address of the channel, without a thread."""
        return f"/as/{self.viewer.id}/{self.channel.id}"

    @property
    def path(self) -> str:
        """The address of this place."""
        return self.channel_path + (f"/{self.thread.ts}" if self.thread else "")

    def act(self, name: str) -> str:
        """Return where a form posts to do ``name`` and come back here."""
        return f"{self.channel_path}/{name}" + (f"?thread={self.thread.ts}" if self.thread else "")


def find(workspace: Workspace, user: str, channel: str, thread: str = "") -> Place:
    """Return the place an address names; people and channels go by id or by name.

    Raises:
        Nowhere: when there is no such person, channel or message, or the person can't see it.
    """
    viewer = person(workspace, user)
    found = workspace.find_channel(channel)
    if found is None or not workspace.can_see(viewer.id, found):
        raise Nowhere(part="channel", asked=channel, viewer=viewer.name)
    parent = next((m for m in workspace.messages(found.id, viewer=viewer.id) if m.ts == thread), None)
    if thread and parent is None:
        raise Nowhere(part="message", asked=thread, viewer=viewer.name)
    return Place(viewer=viewer, channel=found, thread=parent)


def person(workspace: Workspace, user: str) -> User:
    """Return the person with that id or name.

    Raises:
        Nowhere: when there is none who can sign in.
    """
    found = workspace.find_user(user)
    if found is None or found not in cast(workspace):
        raise Nowhere(part="person", asked=user)
    return found


def cast(workspace: Workspace) -> list[User]:
    """Return the people somebody at the page can be: everybody but bots and the deactivated."""
    return [user for user in workspace.users.values() if not (user.is_bot or user.deleted)]


def channels_of(workspace: Workspace, viewer: User) -> list[Channel]:
    """Return what ``viewer`` can look into: channels first, archived ones after them, then direct messages."""
    seen = [channel for channel in workspace.channels.values() if workspace.can_see(viewer.id, channel)]
    return sorted(seen, key=lambda channel: (channel.is_im, channel.is_archived))


def first_place(workspace: Workspace, viewer: User | None = None) -> Place:
    """Return where somebody starts who named no channel, or nobody: the first person's first channel they are in.

    Raises:
        Nowhere: when nobody is in any channel.
    """
    everyone = [viewer] if viewer else cast(workspace)
    starts = chain.from_iterable(((user, channel) for channel in channels_of(workspace, user)) for user in everyone)
    for user, channel in starts:
        if user.id in channel.members:
            return Place(viewer=user, channel=channel)
    raise Nowhere(part="start", asked=viewer.name if viewer else "")


def moved(workspace: Workspace, place: Place, viewer: User) -> str:
    """Return the address of ``place`` for another person, or where they start if they can't see it."""
    if workspace.can_see(viewer.id, place.channel):
        return f"/as/{viewer.id}/{place.channel.id}"
    try:
        return first_place(workspace, viewer).path
    except Nowhere:
        return f"/as/{viewer.id}"


def title(workspace: Workspace, channel: Channel, viewer: User) -> str:
    """Return what ``viewer`` calls ``channel``: its name, or who is at the other end of a direct message."""
    if not channel.is_im:
        return channel.name
    others = sorted(channel.members - {viewer.id})
    return ", ".join(workspace.users[other].name for other in others if other in workspace.users) or "yourself"


def names(workspace: Workspace) -> Names:
    """Return what every id of ``workspace`` is called."""
    return Names(
        people={user.id: user.name for user in workspace.users.values()},
        channels={channel.id: channel.name for channel in workspace.channels.values()},
        groups={group.id: group.handle for group in workspace.usergroups.values()},
    )

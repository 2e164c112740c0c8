"""The workspace as Slack keeps it: people, channels, messages, open modals. No HTTP in here."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.clock import Clock

MICROSECONDS = 1_000_000
TOMBSTONE = "This message was deleted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One Slack workspace; ``domain`` is the part before ``.slack.com``."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An Enterprise organisation in which the app is installed as a whole; ``teams`` are its workspaces' ids."""

    id: str
    name: str
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or a bot, with the flags an approval looks at (Slack fact sheet, section 14).

    ``tz`` is the IANA name of the profile's time zone, ``""`` where it has none.
    """

    id: str
    name: str
    real_name: str
    team_id: str
    locale: str = "en-US"
    tz: str = "Etc/UTC"
    deleted: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False

    @property
    def is_guest(self) -> bool:
        """Whether the user sees only the channels they are in."""
        return self.is_restricted or self.is_ultra_restricted or self.is_stranger


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """A user group (``@handle``) of the workspace ``team``."""

    id: str
    team: str
    handle: str
    name: str
    members: tuple[str, ...]
    disabled: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """A message as its channel keeps it.

    ``user`` is the author's id, the bot's user id for the app. ``thread_ts`` is ``None`` at top level, parents of
    replies included. ``ephemeral_to`` is the one person who sees it. ``edited_at`` is the last edit's timestamp, and
    ``earlier`` holds the blocks from before each edit: somebody may still look at an old copy and press there.
    ``reactions`` maps a name to user ids. ``deleted`` marks what is left of a deleted parent while it has replies.
    """

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    edited: bool = False
    edited_at: str = ""
    ephemeral_to: str | None = None
    reply_count: int = 0
    by_app: bool = False
    broadcast: bool = False
    pinned: bool = False
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    earlier: list[list[dict[str, Any]]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation; ``messages`` holds replies and ephemerals, too, in the order they came."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)

    def find(self, ts: str) -> Message | None:
        """Return the message with that timestamp, ephemerals included."""
        return next((message for message in self.messages if message.ts == ts), None)


@dataclass(slots=True, kw_only=True)
class View:
    """An open modal: ``payload`` as Slack returns it, ``errors`` by block id after a refused submit."""

    id: str
    user: str
    payload: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)


class Workspace:
    """Everything a Slack workspace remembers, and nothing about how it is reached."""

    def __init__(self, *, team: Team, bot_user: str, clock: Clock, organisation: Organisation | None = None) -> None:
        self.team = team
        self.organisation = organisation
        self.bot_user = bot_user
        self.clock = clock
        self.users: dict[str, User] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.channels: dict[str, Channel] = {}
        self.stacks: dict[str, list[View]] = {}
        self._changes = Changes()
        self._ids = count(1)
        self._last_ts = 0

    @property
    def revision(self) -> int:
        """The number of visible changes so far."""
        return self._changes.count

    def touch(self) -> None:
        """Say that something visible changed."""
        self._changes.bump()

    async def wait_for_change(self, since: int) -> int:
        """Return the revision as soon as it exceeds ``since``."""
        return await self._changes.wait(since)

    def new_id(self, prefix: str) -> str:
        """Return an id nobody has yet, such as ``D00000007``."""
        return f"{prefix}{next(self._ids):08d}"

    def new_ts(self) -> str:
        """Return a timestamp in Slack's form, later than every other one."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * MICROSECONDS))
        return f"{self._last_ts // MICROSECONDS}.{self._last_ts % MICROSECONDS:06d}"

    def find_user(self, name: str) -> User | None:
        """Return the user with that id or name."""
        return self.users.get(name) or next((user for user in self.users.values() if user.name == name), None)

    def find_channel(self, name: str) -> Channel | None:
        """Return the channel with that id or name (``#`` allowed)."""
        bare = name.removeprefix("#")
        return self.channels.get(name) or next((c for c in self.channels.values() if c.name == bare), None)

    def can_see(self, user: str, channel: Channel) -> bool:
        """Whether ``user`` may look into ``channel``: members may, full members into public channels, too."""
        known = self.users.get(user)
        if known is None or known.deleted:
            return False
        return user in channel.members or not (channel.is_private or channel.is_im or known.is_guest)

    def direct_messages(self, user: str) -> Channel:
        """Return the bot's DM with ``user``, opening it on first use."""
        pair = {user, self.bot_user}
        for channel in self.channels.values():
            if channel.is_im and channel.members == pair:
                return channel
        opened = Channel(id=self.new_id("D"), name=f"dm-{self.users[user].name}", is_im=True, members=pair)
        self.channels[opened.id] = opened
        self.touch()
        return opened

    def post(self, message: Message) -> Message:
        """Put ``message`` into its channel and count it at its thread's parent."""
        channel = self.channels[message.channel]
        channel.messages.append(message)
        parent = channel.find(message.thread_ts) if message.thread_ts and message.ephemeral_to is None else None
        if parent is not None:
            parent.reply_count += 1
        self.touch()
        return message

    def remove(self, message: Message) -> None:
        """Take ``message`` out of its channel; of a parent with replies a tombstone stays."""
        channel = self.channels[message.channel]
        if message.reply_count:
            message.text, message.blocks, message.metadata, message.deleted = TOMBSTONE, [], None, True
            message.earlier.clear()
        else:
            channel.messages.remove(message)
        parent = channel.find(message.thread_ts) if message.thread_ts and message.ephemeral_to is None else None
        if parent is not None:
            parent.reply_count -= 1
        self.touch()

    def messages(self, channel: str, *, viewer: str) -> list[Message]:
        """Return the top level of ``channel`` as ``viewer`` sees it, oldest first, ephemerals to them included."""
        return [m for m in self._visible(channel, viewer) if m.thread_ts is None or m.broadcast]

    def thread(self, channel: str, ts: str, *, viewer: str) -> list[Message]:
        """Return the replies below ``ts`` as ``viewer`` sees them, oldest first."""
        return [m for m in self._visible(channel, viewer) if m.thread_ts == ts]

    def _visible(self, channel: str, viewer: str) -> list[Message]:
        place = self.channels.get(channel)
        if place is None or not self.can_see(viewer, place):
            return []
        return [message for message in place.messages if message.ephemeral_to in {None, viewer}]

    def views_of(self, user: str) -> list[View]:
        """Return the modals open in front of ``user``, top last."""
        return self.stacks.get(user, [])

    def find_view(self, view: str) -> View | None:
        """Return the open modal with that id or external id."""
        for stack in self.stacks.values():
            for candidate in stack:
                if view and view in {candidate.id, candidate.payload["external_id"]}:
                    return candidate
        return None

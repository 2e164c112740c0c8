"""The people of the workspace: what each can do, by id or by name."""

from bot.sandbox.slack import forms
from bot.sandbox.slack.commands import typed
from bot.sandbox.slack.outcome import Outcome, Unable, failed
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.pressing import Presses
from bot.sandbox.slack.workspace import Channel, User, View

__all__ = ["Outcome", "People"]


class People:
    """Everything a person can do; each returns once the app has answered or its time is over."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._presses = Presses(platform)

    async def type_command(self, *, user: str, channel: str, text: str) -> Outcome:
        """Type ``text`` into ``channel``: a slash command, or a plain message."""
        try:
            person, place = self._person(user), self._channel(channel)
            return await typed(self._platform, user=person, channel=place, text=text)
        except Unable as reason:
            return failed(str(reason))

    async def press(
        self,
        *,
        user: str,
        channel: str,
        ts: str,
        action_id: str,
        block_id: str | None = None,
        value: str | None = None,
    ) -> Outcome:
        """Press a button of a message the person sees, or choose ``value`` in a select of it.

        With ``block_id`` it may be a button of an earlier edition: somebody pressed on an old copy. ``value`` takes
        the place of a button's own: a forged click.
        """
        try:
            person, place = self._person(user), self._channel(channel)
            message = place.find(ts)
            visible = self._platform.workspace.can_see(person.id, place)
            if message is None or not visible or message.ephemeral_to not in {None, person.id}:
                return failed(f"{person.name} sees no such message")
            return await self._presses.in_message(
                user=person, message=message, action_id=action_id, block_id=block_id, value=value
            )
        except Unable as reason:
            return failed(str(reason))

    async def press_in_view(
        self, *, user: str, view: str, action_id: str, block_id: str | None = None, value: str | None = None
    ) -> Outcome:
        """Press a button of a modal, or choose ``value`` in a select of it."""
        try:
            person = self._person(user)
            shown = self._view(person, view)
            return await self._presses.in_view(
                user=person, view=shown, action_id=action_id, block_id=block_id, value=value
            )
        except Unable as reason:
            return failed(str(reason))

    async def submit(self, *, user: str, view: str, values: dict[str, dict[str, str]]) -> Outcome:
        """Submit the modal ``view`` with ``values``: block id, action id, text (of a select: the option's value)."""
        try:
            person = self._person(user)
            return await forms.submit(self._platform, user=person, view=self._view(person, view), typed=values)
        except Unable as reason:
            return failed(str(reason))

    async def close(self, *, user: str, view: str, cleared: bool = False) -> Outcome:
        """Close the modal ``view`` by its close button, or the whole stack by its ✕ with ``cleared``."""
        try:
            person = self._person(user)
            return await forms.close(self._platform, user=person, view=self._view(person, view), cleared=cleared)
        except Unable as reason:
            return failed(str(reason))

    def _person(self, name: str) -> User:
        user = self._platform.workspace.find_user(name)
        if user is None:
            message = f"there is nobody called {name!r}"
            raise Unable(message)
        if user.deleted or user.is_bot:
            message = f"{user.name} can't do anything here: deactivated, or a bot"
            raise Unable(message)
        return user

    def _channel(self, name: str) -> Channel:
        channel = self._platform.workspace.find_channel(name)
        if channel is None:
            message = f"there is no channel called {name!r}"
            raise Unable(message)
        return channel

    def _view(self, person: User, view: str) -> View:
        found = next((shown for shown in self._platform.workspace.views_of(person.id) if shown.id == view), None)
        if found is None:
            message = f"{person.name} has no such modal open"
            raise Unable(message)
        return found

"""What ids are called on the page."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of people by user id and of channels by channel id, both without ``@`` or ``#``."""

    people: Mapping[str, str]
    channels: Mapping[str, str]

    def person(self, user: str, label: str = "") -> str:
        """Return how a mention of ``user`` reads; an unknown id reads as its label, or as itself."""
        return "@" + (self.people.get(user) or label.removeprefix("@") or user)

    def channel(self, channel: str, label: str = "") -> str:
        """Return how a mention of ``channel`` reads; an unknown id reads as its label, or as itself."""
        return "#" + (self.channels.get(channel) or label.removeprefix("#") or channel)

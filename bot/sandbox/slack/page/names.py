"""What ids are called on the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of people, channels and user groups by their ids, all without ``@`` or ``#``."""

    people: Mapping[str, str]
    channels: Mapping[str, str]
    groups: Mapping[str, str] = field(default_factory=dict)

    def person(self, user: str, label: str = "") -> str:
        """Return how a mention of ``user`` reads; an unknown id reads as its label, or as itself."""
        return "@" + (self.people.get(user) or label.removeprefix("@") or user)

    def channel(self, channel: str, label: str = "") -> str:
        """Return how a mention of ``channel`` reads; an unknown id reads as its label, or as itself."""
        return "#" + (self.channels.get(channel) or label.removeprefix("#") or channel)

    def group(self, group: str, label: str = "") -> str:
        """Return how a call to the user group ``group`` reads; an unknown id reads as its label, or as itself."""
        return "@" + (self.groups.get(group) or label.removeprefix("@") or group)

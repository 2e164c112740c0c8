"""What a test sees of a history from outside: how the world was when, and what people did in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.grant import Targets
from bot.domain.policy import People, Policy
from bot.domain.starts import Start

Event = Mapping[str, Any]
CHANNELS = {"C0INCIDENT": "incident-42", "C0QUIET": "quiet"}  # and their names


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What was so of the world from behind the event ``after`` on.

    ``full`` are the full members, ``team`` who is in the chat's one group, ``probes`` the probe ports by host;
    ``unprobed`` says that the listener's custom health check was off.
    """

    after: int
    policy: Policy
    full: frozenset[str]
    team: frozenset[str]
    probes: Mapping[str, int | None]
    unprobed: bool

    def groups(self, person: str) -> frozenset[str]:
        held = {"anyone"}
        for name, group in self.policy.groups.items():
            if person in (group.ids if isinstance(group, People) else self.team):
                held.add(name)
        return frozenset(held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Where a change was asked for, and when it is to start: at a moment, in a window, or at once."""

    channel: str
    start: Start | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A grant as it was ordered: by whom, where, for what, until when (seconds, epoch), for how many changes."""

    by: str
    channel: str
    targets: Targets
    lasts: float
    ends: float
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """All of it: ``wishes`` by change, ``gifts`` by their names, ``presses`` of Approve by change, version, person."""

    moments: list[Moment] = field(default_factory=list)
    wishes: dict[int, Wish] = field(default_factory=dict)
    gifts: dict[str, Gift] = field(default_factory=dict)
    presses: set[tuple[int, int, str]] = field(default_factory=set)

    def at(self, event: Event) -> Moment:
        """Return what was so when ``event`` was recorded."""
        return [one for one in self.moments if one.after < event["id"]][-1]

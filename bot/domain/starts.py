"""When an approved change starts, where that is not at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

LATE_SECONDS = 1800.0  # after its moment a change that has one does not start any more
AHEAD_SECONDS = 14 * 86_400.0  # how far ahead a start may be
START = "start"  # the fact that moved where a change could not start when people approved it to


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The moment ``at`` (seconds since the epoch): when the policy's ``window`` opens or, with ``""``, just that."""

    at: float
    window: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the record."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        return cls(at=plain["at"], window=plain["window"])


def begins_at(start: Start | None, now: float) -> float:
    """Return the earliest moment from ``now`` on at which it can begin: what the rules are asked for."""
    return now if start is None else max(start.at, now)


def expires_at(start: Start | None, *, now: float, expires_after: float) -> float:
    """Return until when people may decide, of whom the rule asks it within ``expires_after`` seconds.

    It may wait until its start, but not for longer than it could still begin.
    """
    rule = now + expires_after
    if start is None:
        return rule
    latest = max(rule, start.at)
    return latest if start.window else min(latest, start.at + LATE_SECONDS)

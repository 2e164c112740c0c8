"""Moments as people write them: ``02:00``, ``2026-11-27T02:00``, ``2026-11-27 02:00+08:00``."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

EXAMPLES = ("02:00", "2026-11-27T02:00", "2026-11-27T02:00+08:00")
_WRITTEN = re.compile(
    r"(?:(?P<day>20[0-9]{2}-[0-9]{2}-[0-9]{2})[Tt ])?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::00)?"
    r"(?P<zone>[Zz]|[-+](?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2}))?"
)
_DAYS = 8  # looked through for a time of day: no clock skips the same one on so many days in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time of day, ``clock``; on a ``day``, or, without one, the next such time.

    ``zone`` is its own offset; without one it is meant in the time zone of whoever wrote it.
    """

    clock: time
    day: date | None = None
    zone: timezone | None = None

    @classmethod
    def of(cls, at: float) -> "Moment":
        """Return the moment ``at`` (seconds since the epoch), to the minute, as written in UTC."""
        shown = datetime.fromtimestamp(at, UTC)
        return cls(clock=shown.time().replace(second=0, microsecond=0), day=shown.date(), zone=UTC)

    def __str__(self) -> str:
        """Return it as ``moment`` reads it."""
        day = f"{self.day.isoformat()}T" if self.day else ""
        zone = datetime.combine(date(2000, 1, 1), self.clock, self.zone).isoformat()[19:] if self.zone else ""
        return f"{day}{self.clock:%H:%M}{zone}"

    def after(self, now: float, zone: tzinfo) -> float | None:
        """Return the moment in seconds since the epoch; None where the clocks of ``zone`` skip it.

        Without a day it is the first such time after ``now``. One with a day may have passed: the caller looks. Of a
        time that the clocks show twice, the first that is still to come is meant.
        """
        zone = self.zone or zone
        today = datetime.fromtimestamp(now, zone).date()
        days = [self.day] if self.day else [today + timedelta(days=one) for one in range(_DAYS)]
        shown = [at for day in days for at in self._shown(day, zone)]
        coming = [at for at in shown if at > now]
        return min(coming, default=shown[0] if self.day and shown else None)

    def _shown(self, day: date, zone: tzinfo) -> list[float]:
        """Return when the clocks of ``zone`` show the time on ``day``: once, twice or never."""
        wall = datetime.combine(day, self.clock, zone)
        twice = {wall.replace(fold=fold).timestamp() for fold in (0, 1)}
        return sorted(at for at in twice if datetime.fromtimestamp(at, zone).replace(fold=0) == wall)


def moment(text: str) -> Moment | None:
    """Return the moment that the plain ``text`` is, or None where it is none.

    A day is written year-month-day, in this century; an offset ``+08:00`` or ``Z``; seconds only as ``:00``.
    """
    found = _WRITTEN.fullmatch(text)
    if not found:
        return None
    try:
        clock = time(int(found["hour"]), int(found["minute"]))
        day = date.fromisoformat(found["day"]) if found["day"] else None
        return Moment(clock=clock, day=day, zone=_offset(found))
    except ValueError:  # 25:00, the 30th of February, an offset of a day or more
        return None


def _offset(found: re.Match[str]) -> timezone | None:
    if not found["zone"]:
        return None
    if not found["hours"]:
        return UTC
    minutes = int(found["hours"]) * 60 + int(found["minutes"])
    return timezone(timedelta(minutes=-minutes if found["zone"].startswith("-") else minutes))


def zone_of(name: str) -> ZoneInfo | None:
    """Return the time zone that the IANA database calls ``name``, or None where it has none of that name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # no such zone, a folder of zones, a path
        return None

"""When a rule holds: weekly windows on a wall clock, and the spans of a calendar."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUTES = 24 * 60  # of a day; the end of one that isn't over at midnight's start
DAY = 86_400.0  # seconds
_DAYS = 16  # within which a weekly window opens, even one in an hour that the clocks skip this week


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """The same hours on the same days of every week, as the wall clock of a time zone shows them.

    ``days`` are 0 (Monday) to 6 (Sunday): the days on which the window begins. ``start`` and ``end`` are minutes after
    midnight, 0-1440; the end is not part of it. Where ``end`` is before ``start`` it passes midnight. ``zone`` is a
    name of the IANA database.

    What the clock shows decides: an hour that a change of clocks skips is in no window, one that it repeats is in its
    window twice.
    """

    days: frozenset[int]
    start: int
    end: int
    zone: str

    def holds(self, at: float) -> bool:
        """Say whether ``at`` (seconds since the epoch) is inside."""
        shown = datetime.fromtimestamp(at, ZoneInfo(self.zone))
        minute = shown.hour * 60 + shown.minute
        today, yesterday = shown.weekday() in self.days, (shown - timedelta(days=1)).weekday() in self.days
        if self.start < self.end:
            return today and self.start <= minute < self.end
        return (today and minute >= self.start) or (yesterday and minute < self.end)

    def next_opening(self, at: float) -> float | None:
        """Return the first moment from ``at`` on that is inside: ``at`` itself while it is open."""
        if self.holds(at):
            return at
        return min((one for one in self._may_turn(self.start, at) if one > at and self.holds(one)), default=None)

    def closes(self, at: float) -> float | None:
        """Return when it closes that is open at ``at``, None where it never does."""
        ends = self._may_turn(self.end % MINUTES, at)
        return min((one for one in ends if one > at and not self.holds(one)), default=None)

    def _may_turn(self, minute: int, at: float) -> Iterator[float]:
        """Yield when it can open or close in the next days: where the clock shows ``minute``, or jumps."""
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(at, zone).replace(hour=minute // 60, minute=minute % 60, second=0)
        for step in range(-1, _DAYS):
            shown = today.replace(microsecond=0) + timedelta(days=step)
            yield from (shown.replace(fold=fold).timestamp() for fold in (0, 1))
            before, after = at + step * DAY, at + (step + 1) * DAY
            if _offset(before, zone) != _offset(after, zone):
                yield _change(before, after, zone)


@dataclass(frozen=True, slots=True)
class Spans:
    """The spans of a calendar: (start, end) in seconds since the epoch, by their start; an end is not part of one.

    They don't overlap (``Spans.of`` joins those that do).
    """

    spans: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, spans: "list[tuple[float, float]]") -> "Spans":
        """Return ``spans`` in order, joined where they touch, without empty ones."""
        joined: list[tuple[float, float]] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return cls(tuple(joined))

    def holds(self, at: float) -> bool:
        """Say whether ``at`` (seconds since the epoch) is inside one of them."""
        before = bisect_right(self.spans, at, key=lambda span: span[0])
        return before > 0 and at < self.spans[before - 1][1]

    def next_opening(self, at: float) -> float | None:
        """Return the first moment from ``at`` on that is inside one of them, None where none is left."""
        if self.holds(at):
            return at
        following = bisect_right(self.spans, at, key=lambda span: span[0])
        return self.spans[following][0] if following < len(self.spans) else None

    def closes(self, at: float) -> float | None:
        """Return when the one ends that is open at ``at``."""
        return next((end for start, end in self.spans if start <= at < end), None)


def _offset(at: float, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at, zone).utcoffset()


def _change(before: float, after: float, zone: ZoneInfo) -> float:
    """Return the second at which the clocks of ``zone`` change, one between ``before`` and ``after``."""
    first, last = int(before), int(after)
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if _offset(middle, zone) == _offset(before, zone) else (first, middle)
    return float(last)


Window = Weekly | Spans

"""When a rule holds: weekly windows on a wall clock, and the spans of a calendar."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUTES = 24 * 60  # of a day; the end of one that isn't over at midnight's start


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


Window = Weekly | Spans

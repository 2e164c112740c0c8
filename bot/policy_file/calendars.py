"""iCalendar files (RFC 5545) as spans of time; ``ical`` reads them and expands what recurs."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ical.calendar import Calendar
from ical.calendar_stream import CalendarStream
from ical.event import Event, EventStatus
from ical.exceptions import CalendarError

from bot.domain.policy import Spans

HORIZON = datetime(2100, 1, 1, tzinfo=UTC)  # what recurs without end is expanded up to here
_NOTHING = "no VCALENDAR"
SPANS_MOST = 50_000  # an event on every day up to the horizon, and room for more


class NotACalendar(Exception):
    """No iCalendar file; the message says why, mostly in the library's words."""


class Floating(Exception):
    """An event, named by the message, has a day or a time without a zone, and no zone is given."""


class Endless(Exception):
    """An event, named by the message, recurs too often."""


def spans_of(text: str, zone: ZoneInfo | None) -> Spans:
    """Return when any event of the calendar goes on; days and times without a zone of their own are read in ``zone``.

    Cancelled events don't count.

    Raises:
        Endless: there are more than ``SPANS_MOST`` of them.
        Floating: ``zone`` is needed.
        NotACalendar: it can't be read.
    """
    try:
        calendars = CalendarStream.from_ics(text).calendars
        spans = [span for calendar in calendars for span in _spans(calendar, zone)]
    except (CalendarError, ValueError) as error:
        raise NotACalendar(str(error).splitlines()[0]) from error
    if not calendars:
        raise NotACalendar(_NOTHING)
    return Spans.of(spans)


def _spans(calendar: Calendar, zone: ZoneInfo | None) -> list[tuple[float, float]]:
    for event in calendar.events:
        if zone is None and _floats(event):
            raise Floating(event.summary or event.uid)
    spans: list[tuple[float, float]] = []
    zone = zone or ZoneInfo("UTC")
    for event in calendar.timeline_tz(zone):
        span = event.timespan_of(zone)
        if span.start >= HORIZON:
            break
        if event.status is not EventStatus.CANCELLED:
            spans.append((span.start.timestamp(), span.end.timestamp()))
        if len(spans) > SPANS_MOST:
            raise Endless(event.summary or event.uid)
    return spans


def _floats(event: Event) -> bool:
    begin = event.dtstart
    return not isinstance(begin, datetime) or begin.tzinfo is None

"""Calendars are read as spans of time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.policy_file.calendars import Endless, Floating, NotACalendar, spans_of
from tests.unit.policy_file.files import HERE

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def at(moment: str, zone: ZoneInfo) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("name", "zone", "inside", "outside"),
    [
        ("zoned.ics", None, ["2026-06-01T22:00", "2026-06-02T01:59"], ["2026-06-01T21:59", "2026-06-02T02:00"]),
        ("zoned.ics", BERLIN, ["2026-06-01T22:00"], ["2026-06-01T21:59"]),
        ("utc.ics", None, ["2026-06-01T08:00", "2026-06-01T08:59"], ["2026-06-01T07:59", "2026-06-01T09:00"]),
        ("days.ics", SHANGHAI, ["2026-12-24T00:00", "2026-12-25T23:59"], ["2026-12-23T23:59", "2026-12-26T00:00"]),
        ("floating.ics", SHANGHAI, ["2026-08-01T01:30"], ["2026-08-01T02:00"]),
        ("cancelled.ics", None, [], ["2026-06-01T08:30"]),
        ("empty.ics", None, [], ["2026-06-01T08:30"]),
    ],
)
def test_events_go_on_from_their_start_to_their_end(
    name: str, zone: ZoneInfo | None, inside: list[str], outside: list[str]
) -> None:
    spans = spans_of(text(name), zone)

    assert [moment for moment in inside if not spans.holds(at(moment, SHANGHAI))] == []
    assert [moment for moment in outside if spans.holds(at(moment, SHANGHAI))] == []


def test_what_recurs_does_so_on_the_wall_clock_with_its_exceptions() -> None:
    spans = spans_of(text("weekly.ics"), None)
    days = ("03-20T02:10", "03-21T02:10", "03-22T02:10", "03-23T02:10", "03-23T12:10", "04-08T02:10", "04-09T02:10")
    held = {day: spans.holds(at(f"2026-{day}", BERLIN)) for day in days}

    assert held == {
        "03-20T02:10": True,
        "03-21T02:10": True,
        "03-22T02:10": False,  # left out
        "03-23T02:10": False,  # moved
        "03-23T12:10": True,
        "04-08T02:10": True,
        "04-09T02:10": False,  # twenty days, and no more
    }


@pytest.mark.parametrize(
    ("name", "refusal", "told"),
    [
        ("days.ics", Floating, "Holidays"),
        ("floating.ics", Floating, "Somewhere at one"),
        ("endless.ics", Endless, "every minute"),
        ("nonsense.ics", NotACalendar, "not valid"),
        ("nothing.ics", NotACalendar, "no VCALENDAR"),
    ],
)
def test_a_calendar_that_can_not_be_used_is_refused(name: str, refusal: type[Exception], told: str) -> None:
    with pytest.raises(refusal, match=told):
        spans_of(text(name), None)

"""Weekly windows follow the wall clock, calendars their spans."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import Spans, Weekly, Window
from tests.unit.policy.making import DAY, MOMENTS, SPANS, SPRING, WEEKLY
from tests.unit.policy.plain import open_at

EVERY_DAY = frozenset(range(7))
NIGHTLY = Weekly(days=EVERY_DAY, start=60, end=300, zone="Asia/Shanghai")
LATE = Weekly(days=frozenset({4}), start=22 * 60, end=2 * 60, zone="Europe/Berlin")  # Friday 22:00 to Saturday 02:00
BEFORE_THREE = Weekly(days=EVERY_DAY, start=2 * 60 + 30, end=3 * 60 + 30, zone="Europe/Berlin")
SUNDAYS_AT_TWO = Weekly(days=frozenset({6}), start=2 * 60, end=3 * 60, zone="Europe/Berlin")
TO_HALF_PAST_TWO = Weekly(days=EVERY_DAY, start=90, end=2 * 60 + 30, zone="Europe/Berlin")


def at(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


@given(window=WEEKLY | SPANS, moment=MOMENTS)
def test_a_window_is_open_exactly_when_the_plain_reading_says(window: Window, moment: float) -> None:
    assert window.holds(moment) == open_at(window, moment)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("2026-11-26T00:59:59", False),
        ("2026-11-26T01:00:00", True),
        ("2026-11-26T04:59:59", True),
        ("2026-11-26T05:00:00", False),
    ],
)
def test_the_end_is_not_part_of_a_window(text: str, holds: bool) -> None:
    assert NIGHTLY.holds(at(text, "Asia/Shanghai")) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("2026-11-26T23:00:00", False),  # Thursday
        ("2026-11-27T01:00:00", False),  # Friday, the night that began on Thursday
        ("2026-11-27T21:59:59", False),
        ("2026-11-27T22:00:00", True),
        ("2026-11-28T01:59:59", True),  # Saturday
        ("2026-11-28T02:00:00", False),
        ("2026-11-28T22:00:00", False),
    ],
)
def test_a_window_past_midnight_belongs_to_the_day_on_which_it_begins(text: str, holds: bool) -> None:
    assert LATE.holds(at(text)) is holds


def test_the_hour_that_the_clock_skips_is_in_no_window() -> None:
    skipped = Weekly(days=EVERY_DAY, start=2 * 60, end=3 * 60, zone="Europe/Berlin")
    last, first = at("2026-03-29T01:59:59"), at("2026-03-29T03:00:00")

    assert first - last == 1
    assert [skipped.holds(last), skipped.holds(first)] == [False, False]
    assert skipped.holds(at("2026-03-30T02:30:00"))


def test_the_hour_that_the_clock_repeats_is_in_its_window_twice() -> None:
    repeated = Weekly(days=EVERY_DAY, start=2 * 60, end=3 * 60, zone="Europe/Berlin")
    once, again = at("2026-10-25T02:30:00"), at("2026-10-25T02:30:00", fold=1)

    assert again - once == 3600
    assert [repeated.holds(once), repeated.holds(again)] == [True, True]


def test_a_window_to_the_end_of_the_day_holds_its_last_second_and_not_the_next_day() -> None:
    sunday = Weekly(days=frozenset({6}), start=0, end=1440, zone="UTC")

    assert [sunday.holds(at(text, "UTC")) for text in ("2026-11-29T23:59:59", "2026-11-30T00:00:00")] == [True, False]


@given(spans=st.lists(st.tuples(MOMENTS, MOMENTS), max_size=6), moment=MOMENTS)
def test_spans_hold_what_any_of_those_given_holds(spans: list[tuple[float, float]], moment: float) -> None:
    assert Spans.of(spans).holds(moment) == any(start <= moment < end for start, end in spans)


# Openings, held to a look at each minute.

MINUTE = 60
AUTUMN = 1_792_882_800  # 2026-10-25 00:00 in Berlin; an hour of that night is repeated
NEAR = st.integers(SPRING - 2 * DAY, SPRING + 2 * DAY) | st.integers(AUTUMN - 2 * DAY, AUTUMN + 2 * DAY)


@given(window=WEEKLY, moment=(NEAR | st.integers(0, 2_000_000_000)).map(float))
def test_a_weekly_window_opens_next_at_the_first_minute_in_which_it_is_open(window: Weekly, moment: float) -> None:
    opening = window.next_opening(moment)

    assert opening is not None
    if window.holds(moment):
        assert opening == moment
        return
    minute = moment - moment % MINUTE + MINUTE
    while minute < opening and not window.holds(minute):
        minute += MINUTE
    assert opening == minute
    assert window.holds(opening)


@given(window=SPANS, moment=MOMENTS)
def test_a_calendar_opens_next_at_the_first_span_that_is_not_over(window: Spans, moment: float) -> None:
    left = [max(start, moment) for start, end in window.spans if end > moment]

    assert window.next_opening(moment) == min(left, default=None)


@pytest.mark.parametrize(
    ("window", "now", "opening"),
    [
        (NIGHTLY, "2026-11-26T12:00:00+08:00", "2026-11-27T01:00:00+08:00"),
        (NIGHTLY, "2026-11-27T00:59:59+08:00", "2026-11-27T01:00:00+08:00"),
        (NIGHTLY, "2026-11-27T05:00:00+08:00", "2026-11-28T01:00:00+08:00"),
        (LATE, "2026-11-28T02:00:00+01:00", "2026-12-04T22:00:00+01:00"),
        # Berlin's clocks skip from 02:00 to 03:00, and what begins meanwhile begins then.
        (BEFORE_THREE, "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"),
        (SUNDAYS_AT_TWO, "2026-03-28T12:00:00+01:00", "2026-04-05T02:00:00+02:00"),
        # They go back from 03:00 to 02:00, into a window that was over.
        (TO_HALF_PAST_TWO, "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00"),
    ],
)
def test_a_window_opens_by_the_wall_clock(window: Weekly, now: str, opening: str) -> None:
    found = window.next_opening(datetime.fromisoformat(now).timestamp())

    assert found == datetime.fromisoformat(opening).timestamp()

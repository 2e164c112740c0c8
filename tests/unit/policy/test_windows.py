"""Weekly windows follow the wall clock, calendars their spans."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.policy import Spans, Weekly, Window
from tests.unit.policy.making import MOMENTS, SPANS, WEEKLY
from tests.unit.policy.plain import open_at

EVERY_DAY = frozenset(range(7))
NIGHTLY = Weekly(days=EVERY_DAY, start=60, end=300, zone="Asia/Shanghai")
LATE = Weekly(days=frozenset({4}), start=22 * 60, end=2 * 60, zone="Europe/Berlin")  # Friday 22:00 to Saturday 02:00


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

"""Moments as people write them, on clocks that change."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command.moments import EXAMPLES, Moment, moment, zone_of

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from([BERLIN, SHANGHAI, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns")])
NOWS = st.integers(1_700_000_000, 1_900_000_000).map(float)
MINUTE = 60.0


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def meant(text: str, now: str, zone: ZoneInfo = BERLIN) -> float | None:
    found = moment(text)
    assert found
    return found.after(at(now, zone), zone)


@pytest.mark.parametrize(
    ("text", "now", "then"),
    [
        ("18:00", "2026-11-26T17:59:59", "2026-11-26T18:00"),
        ("18:00", "2026-11-26T18:00:00", "2026-11-27T18:00"),  # the moment itself is over
        ("2:05", "2026-12-31T12:00:00", "2027-01-01T02:05"),
        ("00:00", "2026-11-26T12:00:00", "2026-11-27T00:00"),
        ("2026-11-28T02:00", "2026-11-26T12:00:00", "2026-11-28T02:00"),
        ("2026-11-28 02:00", "2026-11-26T12:00:00", "2026-11-28T02:00"),
        ("2026-11-28t02:00:00", "2026-11-26T12:00:00", "2026-11-28T02:00"),
        ("2026-11-25T02:00", "2026-11-26T12:00:00", "2026-11-25T02:00"),  # passed: the caller's matter
    ],
)
def test_a_bare_time_is_the_next_such_one_and_one_with_a_day_is_that(text: str, now: str, then: str) -> None:
    assert meant(text, now) == at(then)


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("2026-11-28T02:00+08:00", "2026-11-27T18:00+00:00"),
        ("2026-11-28T02:00-0330", "2026-11-28T05:30+00:00"),
        ("2026-11-28T02:00Z", "2026-11-28T02:00+00:00"),
        ("02:00z", "2026-11-27T02:00+00:00"),
        ("02:00+08:00", "2026-11-26T18:00+00:00"),
    ],
)
def test_its_own_offset_counts_more_than_the_zone_of_the_person(text: str, then: str) -> None:
    assert meant(text, "2026-11-26T12:00:00") == datetime.fromisoformat(then).timestamp()


@pytest.mark.parametrize(
    "text",
    [
        *("", "2", "02", "0200", "2am", "24:00", "25:00", "02:60", "02:0", "002:00", "02:00:30", "02:00 UTC"),
        *("2026-02-30T02:00", "2026-11-27", "2026-11-27T", "27.11.2026 02:00", "1999-01-01T02:00", "2026-11-27  02:00"),
        *("02:00+8", "02:00+24:00", "02:00+08:60+", "-02:00", "02:00\n", "٠٢:٠٠", "tomorrow", "nightly"),
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text) is None


def test_a_time_that_the_clocks_skip_is_the_one_of_the_day_after() -> None:
    assert meant("02:30", "2026-03-28T12:00:00") == at("2026-03-30T02:30")
    assert meant("2026-03-29T02:30", "2026-03-28T12:00:00") is None


def test_of_a_time_that_the_clocks_show_twice_the_one_to_come_is_meant() -> None:
    once, again = at("2026-10-25T02:30"), at("2026-10-25T02:30", fold=1)
    written = [moment("02:30"), moment("2026-10-25T02:30")]

    assert again - once == 3600
    for now, then in ((once - MINUTE, once), (once + MINUTE, again)):
        assert [one.after(now, BERLIN) if one else None for one in written] == [then, then]


@given(now=NOWS, zone=ZONES, hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_bare_time_is_never_past_and_no_earlier_clock_shows_it(
    now: float, zone: ZoneInfo, hour: int, minute: int
) -> None:
    found = moment(f"{hour}:{minute:02}")
    assert found
    then = found.after(now, zone)

    assert then is not None
    assert then > now
    minutes = [now - now % MINUTE + MINUTE * step for step in range(1, int((then - now) // MINUTE) + 1)]
    shown = [datetime.fromtimestamp(one, zone) for one in minutes]
    assert [one.timestamp() for one in shown if (one.hour, one.minute) == (hour, minute)] in ([], [then])
    last = datetime.fromtimestamp(then, zone)
    assert (last.hour, last.minute, last.second) == (hour, minute, 0)


@given(day=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), offset=st.integers(-1439, 1439))  # noqa: DTZ001
def test_what_a_program_writes_of_a_moment_is_read_as_that(day: datetime, offset: int) -> None:
    then = day.replace(second=0, microsecond=0, tzinfo=UTC)
    here = then.astimezone(timezone(timedelta(minutes=offset)))
    found = moment(here.isoformat(timespec="minutes"))

    assert found
    assert found.after(0.0, SHANGHAI) == then.timestamp()


def test_a_moment_is_written_in_utc_where_nobody_wrote_it() -> None:
    assert str(Moment.of(at("2026-11-27T02:00:30", SHANGHAI))) == "2026-11-26T18:00+00:00"


@pytest.mark.parametrize("text", [*EXAMPLES, "00:05-03:30", "2026-02-28T23:59+00:00"])
def test_a_moment_is_written_as_it_is_read(text: str) -> None:
    assert str(moment(text)) == text


def test_the_examples_are_moments_and_a_zone_that_nobody_has_is_none() -> None:
    assert all(moment(one) for one in EXAMPLES)
    assert zone_of("Asia/Shanghai") == SHANGHAI
    assert [zone_of(one) for one in ("", "Mars/Base", "../etc/passwd", "Europe", "/etc")] == [None] * 5

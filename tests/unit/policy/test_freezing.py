"""What the policy freezes by itself, and what is asked of what is frozen."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.asks import Asks, Stage
from bot.domain.freezes import Freeze, FreezeOver, FreezeTooLong, Frozen, must_end_in_time
from bot.domain.policy import Calendar, FreezeRules, Policy, Rule, Spans, Weekly, Window, asked_when_frozen
from tests.unit.policy.making import MOMENTS, SPANS, SPRING, WEEKLY
from tests.unit.policy.plain import asked

MINUTE, DAY = 60.0, 86_400.0
NEAR = st.integers(SPRING - 2 * 86_400, SPRING + 2 * 86_400).map(float)
ALWAYS = Weekly(days=frozenset(range(7)), start=0, end=1440, zone="Asia/Shanghai")
NIGHTLY = Weekly(days=frozenset(range(7)), start=60, end=300, zone="UTC")
YEAR_END = Spans.of([(1000.0, 2000.0)])
WINDOWS: dict[str, Window] = {"year-end": YEAR_END, "nightly": NIGHTLY, "always": ALWAYS}
ASKS = Asks(stages=(Stage(approvers=("team",)),))
BY_ANNA = Freeze(id=7, load_balancer="lb-a", by="U0ANNA", until=None, reason="release")


@given(window=WEEKLY, moment=NEAR)
def test_a_weekly_window_closes_at_the_first_minute_in_which_it_is_shut(window: Weekly, moment: float) -> None:
    assume(window.holds(moment))
    closing = window.closes(moment)

    minute, last = moment - moment % MINUTE + MINUTE, moment + 2 * DAY if closing is None else closing
    while minute < last and window.holds(minute):
        minute += MINUTE
    assert closing == minute or (closing is None and minute >= last)


@given(window=SPANS, moment=MOMENTS)
def test_a_calendar_closes_where_its_span_ends(window: Spans, moment: float) -> None:
    around = [end for start, end in window.spans if start <= moment < end]

    assert window.closes(moment) == (around[0] if around else None)


def calendar(*window: str, balancers: tuple[str, ...] = ()) -> Policy:
    one = Calendar(name="books", window=window, reason="The books are closed.", load_balancer=balancers)
    return Policy(windows=WINDOWS, freezes=FreezeRules(calendars=(one,)))


def test_a_calendar_freezes_what_it_names_while_its_window_is_open() -> None:
    policy = calendar("year-end", balancers=("lb-pay*", "lb-core"))

    assert policy.frozen(at=1500.0, load_balancer="lb-pay1") == policy.frozen(at=1500.0) == (
        Freeze(id=None, load_balancer="lb-pay*, lb-core", by="books", until=2000.0, reason="The books are closed."),
    )  # fmt: skip
    assert policy.frozen(at=1500.0, load_balancer="lb-web1") == ()
    assert policy.frozen(at=2000.0) == policy.frozen(at=999.0) == ()


def test_a_calendar_that_names_none_freezes_every_load_balancer() -> None:
    [found] = calendar("year-end").frozen(at=1500.0, load_balancer="lb-any")

    assert found.load_balancer == "*"


@pytest.mark.parametrize(
    ("windows", "until"),
    [
        (("nightly",), datetime(1970, 1, 2, 5, tzinfo=UTC).timestamp()),
        (("nightly", "year-end"), datetime(1970, 1, 2, 5, tzinfo=UTC).timestamp()),
        (("nightly", "always"), None),
    ],
)
def test_a_freeze_of_several_windows_ends_with_the_last_one_that_is_open(
    windows: tuple[str, ...], until: float | None
) -> None:
    [found] = calendar(*windows).frozen(at=DAY + 2 * 3600.0)

    assert found.until == until


def test_what_is_not_frozen_is_asked_as_ever() -> None:
    assert asked_when_frozen(Rule(name="r", then=ASKS), ASKS, (), load_balancer="lb-a") == ASKS


def test_what_is_frozen_is_asked_of_one_freeze_approver_more_or_refused() -> None:
    rule = Rule(name="r", then=ASKS, freeze_approvers=("leads", "U0ZOE"))

    asks = asked_when_frozen(rule, ASKS, (BY_ANNA,), load_balancer="lb-a")
    with pytest.raises(Frozen):
        asked_when_frozen(Rule(name="r", then=ASKS), ASKS, (BY_ANNA,), load_balancer="lb-a")

    assert asks.stages == (*ASKS.stages, Stage(approvers=("leads", "U0ZOE")))


def test_a_freeze_ends_in_the_future_thirty_days_from_now_at_most() -> None:
    must_end_in_time(1.0, now=0.0, example="")
    must_end_in_time(30 * DAY, now=0.0, example="")
    with pytest.raises(FreezeOver):
        must_end_in_time(0.0, now=0.0, example="")
    with pytest.raises(FreezeTooLong):
        must_end_in_time(30 * DAY + 1, now=0.0, example="")


@given(approvers=st.sampled_from([(), ("leads",), ("leads", "anyone")]), frozen=st.booleans())
def test_a_plain_reading_asks_for_the_same_approvals(approvers: tuple[str, ...], *, frozen: bool) -> None:
    rule = Rule(name="r", then=ASKS, freeze_approvers=approvers)
    plainly = asked(rule, frozen=frozen)

    if plainly is None:
        with pytest.raises(Frozen):
            asked_when_frozen(rule, ASKS, (BY_ANNA,) if frozen else (), load_balancer="lb-a")
    else:
        assert asked_when_frozen(rule, ASKS, (BY_ANNA,) if frozen else (), load_balancer="lb-a").stages == plainly

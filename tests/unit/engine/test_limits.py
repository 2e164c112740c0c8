"""How long the engine waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.limits import Limits, next_poll


@given(seconds=st.floats(0.01, 100), most=st.floats(0.01, 100))
def test_a_wait_grows_by_half_and_never_beyond_the_most(seconds: float, most: float) -> None:
    assert next_poll(seconds, most) == pytest.approx(min(seconds * 1.5, most))


def test_a_task_that_takes_its_usual_seconds_is_polled_a_few_times_only() -> None:
    limits = Limits()
    waits, wait = list[float](), limits.poll_first
    while sum(waits) < limits.task:
        waits.append(wait)
        wait = next_poll(wait, limits.poll_most)

    assert waits[:4] == [0.5, 0.75, 1.125, 1.6875]
    assert max(waits) == limits.poll_most
    assert len(waits) < 50


def test_a_call_is_looked_for_longer_than_it_may_take_to_be_answered() -> None:
    assert Limits().settle > 13.0  # the cloud client's two time limits together; fact sheet, section 9.6

"""A rule that plainly covers a later one leaves it no request."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.policy import LiveFact, Policy, Request, When
from tests.unit.policy.making import POLICIES, REQUESTS, WHENS
from tests.unit.policy.plain import about


@settings(max_examples=300)
@given(one=st.just(When()) | WHENS, other=WHENS, request=REQUESTS, policy=POLICIES)
def test_what_a_covered_rule_is_about_the_covering_one_is_about(
    one: When, other: When, request: Request, policy: Policy
) -> None:
    for wide, narrow in ((one, other), (other, one)):
        assert (
            not wide.covers(narrow)
            or not about(narrow, request, policy.windows)
            or about(wide, request, policy.windows)
        )


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (When(), When(), True),
        (When(), When(region=("eu",), targets=2), True),
        (When(region=("eu",)), When(), False),
        (When(region=("eu", "us")), When(region=("us",), channel=("C0OPS",)), True),
        (When(region=("us",)), When(region=("eu", "us")), False),
        (When(facts=frozenset({LiveFact.LAST_ALIVE})), When(facts=frozenset(LiveFact)), True),
        (When(facts=frozenset(LiveFact)), When(facts=frozenset({LiveFact.LAST_ALIVE})), False),
        (When(targets=2), When(targets=3), True),
        (When(targets=3), When(targets=2), False),
    ],
)
def test_a_rule_covers_another_by_its_patterns(wide: When, narrow: When, covers: bool) -> None:
    assert wide.covers(narrow) is covers

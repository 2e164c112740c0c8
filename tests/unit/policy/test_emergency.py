"""What the policy says of emergencies, and who may break the glass."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refusal
from bot.domain.policy import (
    Denied,
    Deny,
    EmergenciesSpent,
    Emergency,
    NoEmergencies,
    NotForEmergencies,
    ReasonLacks,
    Rule,
    must_be_an_emergency,
    must_be_left,
    must_not_be_denied,
)
from bot.domain.policy.rules import default_rule

GLASS = Emergency(people=("on-call", "U0ANNA"), reason="INC-[0-9]+", reason_example="INC-7 down")
NONE = frozenset({"anyone"})


@pytest.mark.parametrize(
    ("person", "groups"), [("U0ANNA", NONE), ("U0BO", NONE | {"on-call"}), ("U0ANNA", NONE | {"on-call"})]
)
def test_whom_the_policy_names_may_break_the_glass(person: str, groups: frozenset[str]) -> None:
    assert must_be_an_emergency(GLASS, groups, person, reason="INC-12 the pool is dry") is GLASS


@pytest.mark.parametrize(
    ("glass", "person", "reason", "refusal"),
    [
        (None, "U0ANNA", "INC-12", NoEmergencies),
        (GLASS, "U0BO", "INC-12", NotForEmergencies),
        (GLASS, "U0ANNA", "the pool is dry", ReasonLacks),
    ],
)
def test_nobody_else_may(glass: Emergency | None, person: str, reason: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        must_be_an_emergency(glass, NONE, person, reason=reason)


@pytest.mark.parametrize(
    ("before", "use"),
    [([], 1), ([0.0], 1), ([0.5], 2), ([100.0, 50.0], 3), ([0.0, -9.0, 1.0, 100.0], 3)],
)
def test_an_emergency_is_the_next_use_of_those_in_the_period(before: list[float], use: int) -> None:
    assert must_be_left(replace(GLASS, quota=3, period=100.0), before, now=100.0) == use


def test_more_than_the_quota_waits_until_the_oldest_that_counts_is_past() -> None:
    twice = replace(GLASS, quota=2, period=7200.0)

    with pytest.raises(EmergenciesSpent) as raised:
        must_be_left(twice, [9000.0, 3000.0, 7000.0, 10.0], now=10_000.0)

    assert raised.value.facts == {"quota": 2, "hours": 2, "at": 7000.0 + 7200.0}


def test_what_a_rule_denies_is_denied_in_an_emergency_too() -> None:
    must_not_be_denied(default_rule(60.0))

    with pytest.raises(Denied):
        must_not_be_denied(Rule(name="never", then=Deny(text="Ask the network team.")))


@pytest.mark.parametrize(
    "other",
    [
        replace(GLASS, people=("on-call",)),
        replace(GLASS, quota=3),
        replace(GLASS, period=3600.0),
        replace(GLASS, pings=("U0ANNA",)),
        replace(GLASS, reviewers=("leads",)),
        replace(GLASS, reason=""),
        replace(GLASS, reason_example="INC-8"),
        replace(GLASS, overrides_freezes=True),
    ],
)
def test_whatever_changes_in_it_changes_its_version(other: Emergency) -> None:
    assert other.version != GLASS.version


def test_its_version_does_not_change_between_releases() -> None:
    """An emergency that waits for its turn rests on it."""
    assert (GLASS.version, Emergency(people=("U0ANNA",)).version) == ("f245b4ce097b3475", "0b2ca8a2de3bb96f")

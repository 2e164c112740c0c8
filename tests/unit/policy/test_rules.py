"""Which rule applies, as a plain reading of the rules says."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.policy import (
    Asker,
    Asks,
    Confirm,
    Deny,
    LiveFact,
    NoLastRule,
    Policy,
    Request,
    Rule,
    Stage,
    When,
)
from tests.unit.policy.making import POLICIES, REQUESTS, RULES
from tests.unit.policy.plain import applies

ANNA = Asker(id="U0ANNA", groups=frozenset({"anyone"}), channel="C0OPS", channel_name="inc-42")
REQUEST = Request(
    operation="probe-port",
    load_balancer="lb-core1",
    listener="lbl-a",
    region="ap-guangzhou",
    asker=ANNA,
    at=0.0,
    facts=frozenset({LiveFact.BACKEND_DEAD}),
)
ANYBODY = Asks(stages=(Stage(approvers=("anyone",)),))
LAST = Rule(name="everything else", then=ANYBODY)


@settings(max_examples=300)
@given(policy=POLICIES, request=REQUESTS)
def test_the_rule_that_applies_is_the_one_of_the_plain_reading(policy: Policy, request: Request) -> None:
    assert policy.rule_for(request) == applies(policy, request)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(), True),
        (When(load_balancer=("lb-core*",)), True),
        (When(load_balancer=("lb-edge*", "lb-cor?1")), True),
        (When(load_balancer=("LB-core*",)), False),
        (When(load_balancer=("lb-core",)), False),
        (When(channel=("C0OPS",)), True),
        (When(channel=("#inc-*",)), True),
        (When(channel=("inc-42",)), False),
        (When(channel=("#ops",)), False),
        (When(requester=("U0ANNA",)), True),
        (When(requester=("anyone",)), True),
        (When(requester=("lb-team", "U0BO")), False),
        (When(facts=frozenset({LiveFact.LAST_ALIVE})), False),
        (When(facts=frozenset({LiveFact.BACKEND_DEAD})), True),
        (When(facts=frozenset({LiveFact.BACKEND_DEAD, LiveFact.LAST_ALIVE})), False),
        (When(targets=1), True),
        (When(targets=2), False),
        (When(load_balancer=("lb-core*",), region=("eu-*",)), False),
    ],
)
def test_every_condition_must_be_so_and_a_list_is_any_of(when: When, holds: bool) -> None:
    rule = Rule(name="first", when=when, then=Deny(text="no"))

    assert (Policy(rules=(rule, LAST)).rule_for(REQUEST) is rule) is holds


def test_a_channel_whose_name_is_not_known_is_known_by_its_id_only() -> None:
    request = replace(REQUEST, asker=replace(ANNA, channel_name=None))
    by_name, by_id = (Rule(name="n", when=When(channel=(one,)), then=Deny(text="no")) for one in ("#*", "C0OPS"))

    assert Policy(rules=(by_name, by_id, LAST)).rule_for(request) is by_id


def test_without_rules_one_approval_by_any_full_member_other_than_the_requester_is_asked() -> None:
    rule = Policy(expires_after=300.0).rule_for(REQUEST)

    assert rule.then == Asks(stages=(Stage(approvers=("anyone",), count=1),), expires_after=300.0)


def test_a_policy_whose_last_rule_has_conditions_can_not_be_built() -> None:
    with pytest.raises(NoLastRule):
        Policy(rules=(LAST, replace(LAST, when=When(region=("*",)))))


SLACK = st.frozensets(st.sampled_from(["S0LB", "S0ONCALL", "S0OTHER"]))


@given(policy=POLICIES, person=st.sampled_from(["U0ANNA", "U0CY"]), slack=SLACK)
def test_people_are_in_the_groups_that_name_them_and_in_those_that_slack_says(
    policy: Policy, person: str, slack: frozenset[str]
) -> None:
    held = {"anyone": True, "leads": person == "U0ANNA", "lb-team": "S0LB" in slack, "on-call": "S0ONCALL" in slack}

    assert policy.groups_of(person, slack) == {name for name, is_in in held.items() if is_in}


@given(one=RULES, other=RULES)
def test_two_rules_have_the_same_version_exactly_where_they_are_the_same(one: Rule, other: Rule) -> None:
    assert (one.version == other.version) == (one == other)


ASKS = Asks(stages=(Stage(approvers=("lb-team",)),))


@pytest.mark.parametrize(
    "other",
    [
        replace(LAST, name="another"),
        replace(LAST, when=When(facts=frozenset(LiveFact))),
        replace(LAST, when=When(targets=2)),
        replace(LAST, then=Deny(text="")),
        replace(LAST, then=ASKS),
        replace(LAST, then=replace(ANYBODY, requester_counts=True)),
        replace(LAST, then=replace(ANYBODY, confirm=Confirm.TYPED)),
        replace(LAST, then=replace(ANYBODY, reason="x")),
        replace(LAST, then=replace(ANYBODY, reason_example="x")),
        replace(LAST, then=replace(ANYBODY, pings=("lb-team",))),
        replace(LAST, then=replace(ANYBODY, expires_after=60.0)),
        replace(LAST, then=replace(ANYBODY, channels=("C0OPS",))),
    ],
)
def test_whatever_changes_in_a_rule_changes_its_version(other: Rule) -> None:
    assert other.version != LAST.version


def test_the_version_of_a_rule_does_not_change_between_releases() -> None:
    """It stands in what was approved: another canonical form would send every waiting change back."""
    rule = Rule(name="n", when=When(load_balancer=("lb-*",), facts=frozenset(LiveFact), targets=2), then=ASKS)

    assert (LAST.version, rule.version) == ("449766688b03ac8f", "b25ba7201be27678")

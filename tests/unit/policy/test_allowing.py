"""What the rules refuse, and with which facts."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refusal
from bot.domain.policy import (
    ApprovedAlready,
    Asks,
    Denied,
    Deny,
    NobodyCanApprove,
    NotAnApprover,
    NotYet,
    OwnRequest,
    Person,
    ReasonLacks,
    Rule,
    Stage,
    Tally,
    WrongChannel,
    must_add,
    must_be_allowed,
    must_be_possible,
)
from tests.unit.policy.test_rules import REQUEST
from tests.unit.slack.making import APPROVER, CHANGE, REQUESTER

ASKS = Asks(
    stages=(Stage(approvers=("lb-team",)), Stage(approvers=("leads", "U0BO"), count=2)),
    reason="INC-[0-9]+",
    reason_example="INC-7 pool is dry",
    channels=("#inc-*", "C0NIGHT"),
)
RULE = Rule(name="core", then=ASKS)
BOB = Person(id=APPROVER, member=True, active=True, human=True, guest=False, language="en")
LB_TEAM, LEAD = frozenset({"anyone", "lb-team"}), frozenset({"anyone", "leads"})
TALLY = Tally.of(ASKS, REQUESTER, {})


def test_a_request_that_a_rule_lets_pass_is_answered_with_what_the_rule_asks() -> None:
    assert must_be_allowed(RULE, REQUEST, reason="see INC-7") is ASKS


@pytest.mark.parametrize(
    ("rule", "reason", "refusal", "facts"),
    [
        (
            Rule(name="never", then=Deny(text="Ask network.")),
            "INC-1",
            Denied,
            {"rule": "never", "text": "Ask network."},
        ),
        (
            replace(RULE, then=replace(ASKS, channels=("#ops", "C0NIGHT"))),
            "INC-1",
            WrongChannel,
            {"rule": "core", "have": ("#ops", "C0NIGHT")},
        ),
        (RULE, "inc-1", ReasonLacks, {"rule": "core", "pattern": "INC-[0-9]+", "example": "INC-7 pool is dry"}),
    ],
)
def test_a_request_is_refused_with_what_would_be_right(
    rule: Rule, reason: str, refusal: type[Refusal], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as raised:
        must_be_allowed(rule, REQUEST, reason=reason)

    assert raised.value.facts == facts


def test_a_change_that_the_people_who_are_there_could_bring_through_may_wait() -> None:
    must_be_possible(RULE, TALLY.joined({"U1": LB_TEAM, "U2": LEAD, "U0BO": LB_TEAM}))


def test_a_change_that_nobody_present_could_bring_through_is_refused_with_what_lacks() -> None:
    with pytest.raises(NobodyCanApprove) as raised:
        must_be_possible(RULE, TALLY.joined({"U1": LB_TEAM, "U2": LEAD, REQUESTER: LEAD}))

    assert raised.value.facts == {"rule": "core", "stage": 2, "missing": 1, "have": ("leads", "U0BO")}


def test_an_approval_that_brings_the_change_nearer_passes() -> None:
    must_add(BOB, LB_TEAM, CHANGE, TALLY)


@pytest.mark.parametrize(
    ("person", "groups", "tally", "refusal", "facts"),
    [
        (replace(BOB, id=REQUESTER), LB_TEAM, TALLY, OwnRequest, {}),
        (BOB, LB_TEAM, TALLY.joined({APPROVER: LB_TEAM}), ApprovedAlready, {"missing": 2}),
        (BOB, LEAD, TALLY, NotYet, {"stage": 1, "have": ("lb-team",)}),
        (BOB, frozenset({"anyone"}), TALLY, NotAnApprover, {"have": ("lb-team",)}),
        (BOB, LB_TEAM, TALLY.joined({"U1": LB_TEAM, "U2": LEAD, "U0BO": LB_TEAM}), ApprovedAlready, {"missing": 0}),
    ],
)
def test_an_approval_that_brings_it_no_nearer_is_refused_with_the_reason(
    person: Person, groups: frozenset[str], tally: Tally, refusal: type[Refusal], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as raised:
        must_add(person, groups, CHANGE, tally)

    assert raised.value.facts == {"change": "CR-7", **facts}

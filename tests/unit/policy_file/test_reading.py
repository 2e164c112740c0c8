"""The policy as an operator writes it."""

import pytest

from bot.domain.policy import (
    Asks,
    Confirm,
    Deny,
    LiveFact,
    People,
    Policy,
    Rule,
    SlackGroup,
    Spans,
    Stage,
    Weekly,
    When,
)
from bot.policy_file.reading import EXPIRES_MAX, EXPIRES_MIN
from tests.unit.policy_file.files import read

WHOLE = """
[defaults]
expires_minutes = 45
needs_health_check = false

[groups]
lb-team = { slack = "S0LB" }
lb-far = { slack = "T0FAR/S0LB" }
on-call = { slack = "S0ONCALL", on_call = true }
leads = { people = ["U0ANNA", "W0BO"] }

[windows]
nightly = { days = "mon-wed, sat", from = "22:00", to = "05:30", zone = "Asia/Shanghai" }
weekend = { days = "fri-mon", from = "00:00", to = "24:00", zone = "UTC" }
hour = { calendar = "utc.ics" }
holidays = { calendar = "days.ics", zone = "UTC" }

[audit]
auditors = ["leads", "U0DAN"]

[[rule]]
name = "never"
operation = ["probe-*"]
load_balancer = ["lb-core*", "lb-[ab]?"]
listener = ["lbl-x"]
region = ["ap-*"]
channel = ["C0OPS", "#inc-*"]
requester = ["lb-team", "U0ANNA"]
window = ["nightly", "hour"]
facts = ["last_alive", "targets>=2", "backend_dead"]
deny = "Ask network."

[[rule]]
name = "stages"
facts = ["health_check_off"]
stages = [{ approvers = ["lb-team"] }, { approvers = ["leads", "U0CY"], count = 2 }]
requester_counts = true
confirm = "typed"
reason = "INC-[0-9]+"
reason_example = "see INC-7"
pings = ["on-call", "U0CY"]
expires_minutes = 30
channels = ["#inc-*", "G0OPS"]

[[rule]]
name = "short"
facts = ["weight_to_zero"]
approvers = ["leads"]
approvals = 2

[[rule]]
name = "rest"
approvers = ["anyone"]
"""


UNHEALTHY = Policy(expires_after=5400.0, needs_health_check=False)


def test_a_file_is_read_as_it_says() -> None:
    policy = read(WHOLE)

    assert (policy.expires_after, policy.needs_health_check) == (2700.0, False)
    assert policy.groups == {
        "lb-team": SlackGroup(id="S0LB"),
        "lb-far": SlackGroup(id="T0FAR/S0LB"),
        "on-call": SlackGroup(id="S0ONCALL", on_call=True),
        "leads": People(ids=frozenset({"U0ANNA", "W0BO"})),
    }
    assert policy.auditors == ("leads", "U0DAN")
    assert policy.windows == {
        "nightly": Weekly(days=frozenset({0, 1, 2, 5}), start=22 * 60, end=330, zone="Asia/Shanghai"),
        "weekend": Weekly(days=frozenset({4, 5, 6, 0}), start=0, end=1440, zone="UTC"),
        "hour": Spans(((1_780_272_000.0, 1_780_275_600.0),)),
        "holidays": Spans(((1_798_070_400.0, 1_798_243_200.0),)),
    }


def test_rules_are_read_as_they_say() -> None:
    never = When(
        operation=("probe-*",),
        load_balancer=("lb-core*", "lb-[ab]?"),
        listener=("lbl-x",),
        region=("ap-*",),
        channel=("C0OPS", "#inc-*"),
        requester=("lb-team", "U0ANNA"),
        window=("nightly", "hour"),
        facts=frozenset({LiveFact.LAST_ALIVE, LiveFact.BACKEND_DEAD}),
        targets=2,
    )
    staged = Asks(
        stages=(Stage(approvers=("lb-team",)), Stage(approvers=("leads", "U0CY"), count=2)),
        requester_counts=True,
        confirm=Confirm.TYPED,
        reason="INC-[0-9]+",
        reason_example="see INC-7",
        pings=("on-call", "U0CY"),
        expires_after=1800.0,
        channels=("#inc-*", "G0OPS"),
    )
    short = Asks(stages=(Stage(approvers=("leads",), count=2),), expires_after=2700.0)

    assert read(WHOLE).rules == (
        Rule(name="never", when=never, then=Deny(text="Ask network.")),
        Rule(name="stages", when=When(facts=frozenset({LiveFact.HEALTH_CHECK_OFF})), then=staged),
        Rule(name="short", when=When(facts=frozenset({LiveFact.WEIGHT_TO_ZERO})), then=short),
        Rule(name="rest", then=Asks(stages=(Stage(approvers=("anyone",)),), expires_after=2700.0)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Policy(expires_after=3600.0)),
        ("# nothing but a remark", Policy(expires_after=3600.0)),
        ("expires_minutes = 5", Policy(expires_after=300.0)),
        (f"expires_minutes = {EXPIRES_MIN}", Policy(expires_after=60.0)),
        (f"expires_minutes = {EXPIRES_MAX}", Policy(expires_after=604_800.0)),
        ("needs_health_check = false", Policy(expires_after=3600.0, needs_health_check=False)),
        ("needs_health_check = true\nexpires_minutes = 90", Policy(expires_after=5400.0)),
        ("[defaults]\nexpires_minutes = 90\nneeds_health_check = false", UNHEALTHY),
        ("needs_health_check = false\n[defaults]\nexpires_minutes = 90", UNHEALTHY),
    ],
)
def test_a_file_without_rules_works_as_before_there_were_any(text: str, expected: Policy) -> None:
    assert read(text) == expected

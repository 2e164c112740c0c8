"""A policy is tried on a table of cases."""

from pathlib import Path

import pytest

from bot.domain.policy import Emergency, Grants, Policy
from bot.policy_file import BadPolicy, Fault, read_policy
from bot.policy_file.cases import Case, read_cases
from bot.policy_file.trial import Outcome, outcome_of, tried
from tests.unit.policy_file.files import ACME

POLICY = read_policy(ACME / "acme.toml", expires_minutes=60)
CASES = read_cases(ACME / "acme.cases.toml", POLICY)
PEOPLE = "[people]\nU0ANNA = []\nU0BO = []\n"
CASE = '[[case]]\nname = "c"\nwho = "U0ANNA"\nat = 2026-11-26T02:00:00Z\nexpect = { outcome = "waits" }\n'


def cases(tmp_path: Path, text: str, policy: Policy | None = None) -> tuple[Case, ...]:
    path = tmp_path / "cases.toml"
    path.write_text(text, encoding="utf-8")
    return read_cases(path, policy or Policy())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_policy_of_the_documentation_says_what_its_cases_expect(case: Case) -> None:
    assert tried(POLICY, case).differing == ()


def test_the_cases_of_the_documentation_try_every_rule_and_every_outcome() -> None:
    assert {outcome_of(POLICY, case).rule for case in CASES} == {rule.name for rule in POLICY.rules}
    assert {outcome_of(POLICY, case).outcome for case in CASES} == {
        "runs", "waits", "denied", "wrong_channel", "reason_lacks", "nobody_can_approve", "frozen",
        "not_for_emergencies", "frozen_for_emergencies",
    }  # fmt: skip


def test_without_a_word_of_it_in_the_policy_there_is_no_emergency(tmp_path: Path) -> None:
    [case] = cases(tmp_path, PEOPLE + CASE + "emergency = true\n")

    assert outcome_of(Policy(), case).outcome == "no_emergencies"


@pytest.mark.parametrize(
    ("more", "overrides", "outcome"),
    [
        ("", False, "runs"),
        ("frozen = true\n", False, "frozen_for_emergencies"),
        ("frozen = true\n", True, "runs"),
    ],
)
def test_an_emergency_goes_through_a_freeze_where_the_policy_lets_it(
    tmp_path: Path, more: str, outcome: str, *, overrides: bool
) -> None:
    [case] = cases(tmp_path, PEOPLE + CASE + "emergency = true\n" + more)
    policy = Policy(emergency=Emergency(people=("U0ANNA",), overrides_freezes=overrides))

    assert outcome_of(policy, case).outcome == outcome


def test_whatever_differs_is_named(tmp_path: Path) -> None:
    expect = 'expect = { outcome = "runs", rule = "default", approvals = 2, missing = 1, can_approve = ["U0ANNA"] }\n'
    [case] = cases(tmp_path, PEOPLE + CASE.replace('expect = { outcome = "waits" }\n', expect))

    verdict = tried(Policy(), case)

    assert verdict.differing == ("outcome", "approvals", "can_approve")
    assert verdict.outcome == Outcome(
        outcome="waits", rule="default", approvals=1, missing=1, can_approve=frozenset({"U0BO"})
    )


def test_what_is_not_expected_is_not_looked_at(tmp_path: Path) -> None:
    [case] = cases(tmp_path, PEOPLE + CASE)

    assert tried(Policy(), case).differing == ()


def test_where_nobody_else_is_there_nobody_can_approve(tmp_path: Path) -> None:
    [case] = cases(tmp_path, "[people]\nU0ANNA = []\n" + CASE)

    assert outcome_of(Policy(), case).outcome == "nobody_can_approve"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, Fault.MISSING_KEY), (1, Fault.MISSING_KEY)]),
        (PEOPLE + CASE + "appoved = []", [(9, Fault.UNKNOWN_KEY)]),
        (PEOPLE.replace("U0BO", "bo") + CASE, [(3, Fault.BAD_PERSON)]),
        (PEOPLE.replace("U0BO = []", 'U0BO = ["leads"]') + CASE, [(3, Fault.UNKNOWN_GROUP)]),
        (PEOPLE + CASE.replace("U0ANNA", "U0CY"), [(6, Fault.NOT_PRESENT)]),
        (PEOPLE + CASE + 'approved = ["U0CY"]', [(9, Fault.NOT_PRESENT)]),
        (PEOPLE + CASE.replace("T02:00:00Z", "T02:00:00"), [(7, Fault.NOT_A_MOMENT)]),
        (PEOPLE + CASE.replace("2026-11-26T02:00:00Z", '"02:00"'), [(7, Fault.NOT_A_MOMENT)]),
        (PEOPLE + CASE.replace("waits", "wait"), [(8, Fault.UNKNOWN_OUTCOME)]),
        (PEOPLE + CASE.replace('"waits"', '"waits", rule = "defalt"'), [(8, Fault.UNKNOWN_RULE)]),
        (PEOPLE + CASE.replace('"waits"', '"waits", missing = -1'), [(8, Fault.NOT_WHOLE)]),
        (PEOPLE + CASE.replace('outcome = "waits"', ""), [(8, Fault.MISSING_KEY)]),
        (PEOPLE + CASE + 'facts = ["dead"]', [(9, Fault.UNKNOWN_FACT)]),
        (PEOPLE + "[[case]]\n", [(4, Fault.MISSING_KEY)] * 4),
        (PEOPLE + "x", [(4, Fault.NOT_TOML)]),
    ],
)
def test_a_mistake_in_the_table_of_cases_is_told_with_its_line(
    tmp_path: Path, text: str, found: list[tuple[int, Fault]]
) -> None:
    with pytest.raises(BadPolicy) as raised:
        cases(tmp_path, text)

    assert [(problem.line, problem.fault) for problem in raised.value.problems] == found
    assert all(raised.value.told(language, Path("cases.toml")) for language in ("en", "zh"))


GRANTED = PEOPLE + CASE.replace("expect =", 'granted = ["U0BO"]\nexpect =')


@pytest.mark.parametrize(
    ("grants", "outcome"),
    [
        (Grants(by=("anyone",), channels=("C0ANY",)), "runs"),
        (Grants(by=("U0ANNA",), channels=("C0ANY",)), "waits"),
        (Grants(by=("anyone",), channels=("C0OPS",)), "waits"),
        (None, "waits"),
    ],
)
def test_who_approved_in_advance_counts_where_the_policy_lets_them(
    tmp_path: Path, grants: Grants | None, outcome: str
) -> None:
    policy = Policy(grants=grants)
    [case] = cases(tmp_path, GRANTED, policy)

    assert outcome_of(policy, case).outcome == outcome

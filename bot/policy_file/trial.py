"""What a policy makes of a case."""

from dataclasses import dataclass, replace

from bot.domain.errors import Refusal
from bot.domain.freezes import Freeze
from bot.domain.policy import (
    Policy,
    Rule,
    Tally,
    asked_when_frozen,
    must_be_allowed,
    must_be_an_emergency,
    must_be_possible,
    must_go_through,
    must_not_be_denied,
)
from bot.policy_file.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a case. ``missing`` and ``can_approve`` are of the stage that is open; ``approvals`` of all."""

    outcome: str
    rule: str
    approvals: int = 0
    missing: int = 0
    can_approve: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A case, what came of it, and the names of what is otherwise than expected."""

    case: Case
    outcome: Outcome
    differing: tuple[str, ...]


def tried(policy: Policy, case: Case) -> Verdict:
    """Return what ``policy`` makes of ``case``, and whether it is what the case expects."""
    outcome, expected = outcome_of(policy, case), case.expected
    looked_at = ("outcome", "rule", "approvals", "missing", "can_approve")
    differing = tuple(
        name
        for name in looked_at
        if getattr(expected, name) is not None and getattr(expected, name) != getattr(outcome, name)
    )
    return Verdict(case=case, outcome=outcome, differing=differing)


def outcome_of(policy: Policy, case: Case) -> Outcome:
    """Return what ``policy`` makes of ``case``: clicks that would be refused count for nothing."""
    rule = policy.rule_for(case.request)
    try:
        return _broken(policy, rule, case) if case.emergency else _asked(policy, rule, case)
    except Refusal as no:
        return Outcome(outcome=no.code, rule=rule.name)


def _broken(policy: Policy, rule: Rule, case: Case) -> Outcome:
    asker = case.request.asker
    emergency = must_be_an_emergency(policy.emergency, asker.groups, asker.id, reason=case.reason)
    must_not_be_denied(rule)
    must_go_through(emergency, _frozen(policy, case), load_balancer=case.request.load_balancer)
    return Outcome(outcome="runs", rule=rule.name)


def _frozen(policy: Policy, case: Case) -> tuple[Freeze, ...]:
    load_balancer = case.request.load_balancer
    by_calendars = policy.frozen(at=case.request.at, load_balancer=load_balancer)
    by_command = Freeze(id=1, load_balancer=load_balancer, by="", until=None, reason="")
    return (by_command, *by_calendars) if case.frozen else by_calendars


def _asked(policy: Policy, rule: Rule, case: Case) -> Outcome:
    asks = must_be_allowed(rule, case.request, reason=case.reason)
    frozen = _frozen(policy, case)
    asks = asked_when_frozen(rule, asks, frozen, load_balancer=case.request.load_balancer)
    tally = Tally.of(asks, case.request.asker.id, {})
    must_be_possible(rule, tally.joined(case.people))
    approvals = tally.missing_in_all
    tally = tally if frozen else _granted(policy, case, tally)
    for person in case.approved:
        if tally.adds(person, case.people[person]):
            tally = tally.joined({person: case.people[person]})
    able = frozenset(person for person, groups in case.people.items() if tally.adds(person, groups))
    word = "runs" if tally.complete else "waits"
    return Outcome(outcome=word, rule=rule.name, approvals=approvals, missing=tally.missing, can_approve=able)


def _granted(policy: Policy, case: Case, tally: Tally) -> Tally:
    """Return the count with what was approved in advance by those whom the policy lets give grants, in any order."""
    grants, asker = policy.grants, case.request.asker
    able = [one for one in case.granted if grants and grants.names(replace(asker, id=one, groups=case.people[one]))]
    while person := next((one for one in able if tally.adds(one, case.people[one])), None):
        tally = tally.joined({person: case.people[person]})
    return tally

"""What the rules let pass: a request when it is made, an approval when it is clicked."""

import re

from bot.domain.asks import Asks
from bot.domain.change import Change
from bot.domain.policy.conditions import is_among
from bot.domain.policy.deciding import OwnRequest, Person
from bot.domain.policy.refusals import (
    ApprovedAlready,
    Denied,
    NobodyCanApprove,
    NotAnApprover,
    NotYet,
    ReasonLacks,
    WrongChannel,
)
from bot.domain.policy.request import Request
from bot.domain.policy.rules import Deny, Rule
from bot.domain.policy.tally import Tally


def must_be_allowed(rule: Rule, request: Request, *, reason: str) -> Asks:
    """Return what ``rule`` (``Policy.rule_for(request)``) asks of ``request``, made with ``reason``.

    Raises:
        Refusal: ``Denied``, ``WrongChannel`` or ``ReasonLacks``.
    """
    then = rule.then
    if isinstance(then, Deny):
        raise Denied(rule=rule.name, text=then.text)
    if then.channels and not is_among(then.channels, request.asker):
        raise WrongChannel(rule=rule.name, have=then.channels)
    if not re.search(then.reason, reason):
        raise ReasonLacks(rule=rule.name, pattern=then.reason, example=then.reason_example)
    return then


def must_be_possible(rule: Rule, tally: Tally) -> None:
    """Let a change wait only where the people who are there could bring it through.

    ``tally`` is the change's own, with everybody who may decide now: ``Tally.of(…).joined(people)``.

    Raises:
        NobodyCanApprove: they could not.
    """
    stage = tally.open_stage
    if stage is not None:
        have = tally.stages[stage].approvers
        raise NobodyCanApprove(rule=rule.name, stage=stage + 1, missing=tally.missing, have=have)


def tally_of(change: Change) -> Tally:
    """Return the count of ``change`` as its card shows it."""
    approved = {one.person: one.groups for one in change.approvals}
    return Tally.of(change.ruled.asks, change.requester, approved)


def must_add(person: Person, groups: frozenset[str], change: Change, tally: Tally) -> None:
    """Let an approval pass only where it brings ``change`` nearer to running.

    ``person`` passed ``must_be_member``; ``groups`` are the policy's groups that hold them now (``Policy.groups_of``).
    Where ``tally`` (before the click) is complete, there is nothing to approve: ask ``must_be_current`` first.

    Raises:
        Refusal: ``OwnRequest``, ``ApprovedAlready``, ``NotYet`` or ``NotAnApprover``.
    """
    if person.id == tally.barred:
        raise OwnRequest(change=change.name)
    if person.id in tally.approved:
        raise ApprovedAlready(change=change.name, missing=tally.missing)
    if tally.adds(person.id, groups):
        return
    stage = tally.open_stage
    if stage is None:
        raise ApprovedAlready(change=change.name, missing=0)
    have = tally.stages[stage].approvers
    if tally.may_fill(person.id, groups):
        raise NotYet(change=change.name, stage=stage + 1, have=have)
    raise NotAnApprover(change=change.name, have=have)


def must_have_a_say(person: Person, groups: frozenset[str], change: Change, tally: Tally) -> None:
    """Let a rejection pass: from anybody who is an approver of any stage.

    Raises:
        Refusal: ``OwnRequest`` or ``NotAnApprover``.
    """
    if person.id == tally.barred:
        raise OwnRequest(change=change.name)
    if not tally.may_fill(person.id, groups):
        have = tuple(dict.fromkeys(name for stage in tally.stages for name in stage.approvers))
        raise NotAnApprover(change=change.name, have=have)

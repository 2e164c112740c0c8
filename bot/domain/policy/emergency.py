"""Breaking the glass: who may run a change that nobody approved, how often, and who looks at it afterwards."""

import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.errors import Refusal
from bot.domain.freezes import Freeze, FrozenForEmergencies
from bot.domain.policy.refusals import Denied, ReasonLacks
from bot.domain.policy.rules import VERSION_LENGTH, Deny, Rule

NAME = "[emergency]"  # what stands as the rule of a change that nobody approved
HOUR = 3600.0  # seconds


class NoEmergencies(Refusal):
    """The policy says nothing of emergencies, so there are none. Facts: none."""

    code = "no_emergencies"


class NotForEmergencies(Refusal):
    """The policy names others, or this is no full member. Facts: ``have`` (groups and people's ids)."""

    code = "not_for_emergencies"


class EmergenciesSpent(Refusal):
    """This person broke the glass as often as anybody may.

    Facts: ``quota``, ``hours``, ``at`` (when they may again).
    """

    code = "emergencies_spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What the policy says of emergencies.

    ``people`` (ids, groups) may run a change by themselves, each of them ``quota`` times in ``period`` seconds.
    ``pings`` are called to each, ``reviewers`` may sign its review. ``reason`` is a regular expression that must be
    found in the reason, ``""`` takes any; ``reason_example`` is one that it finds. ``overrides_freezes`` lets
    emergencies go through whatever is frozen.
    """

    people: tuple[str, ...]
    quota: int = 2
    period: float = 86400.0
    pings: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = (ANYONE,)
    reason: str = ""
    reason_example: str = ""
    overrides_freezes: bool = False

    @property
    def version(self) -> str:
        """Return 16 hex digits that are others as soon as anything here is; as a rule's, they don't cover groups."""
        said = {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}
        text = json.dumps({"emergency": said}, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:VERSION_LENGTH]

    @property
    def asks(self) -> Asks:
        """Return what an emergency asks: that one of ``people`` wants it, themselves included."""
        return Asks(
            stages=(Stage(approvers=self.people),),
            requester_counts=True,
            reason=self.reason,
            reason_example=self.reason_example,
            pings=self.pings,
        )


def must_be_an_emergency(emergency: Emergency | None, groups: frozenset[str], person: str, *, reason: str) -> Emergency:
    """Return what the policy says, where ``person``, a full member whom ``groups`` hold, may break the glass.

    Raises:
        Refusal: ``NoEmergencies``, ``NotForEmergencies`` or ``ReasonLacks``.
    """
    if emergency is None:
        raise NoEmergencies
    if not emergency.asks.stages[0].takes(person, groups):
        raise NotForEmergencies(have=emergency.people)
    if not re.search(emergency.reason, reason):
        raise ReasonLacks(rule=NAME, pattern=emergency.reason, example=emergency.reason_example)
    return emergency


def must_be_left(emergency: Emergency, before: Collection[float], *, now: float) -> int:
    """Return which use of the quota the emergency of ``now`` is, from 1; ``before`` is when the same person had some.

    Raises:
        EmergenciesSpent: those were as many as anybody may have.
    """
    recent = sorted(at for at in before if at > now - emergency.period)
    if len(recent) >= emergency.quota:
        hours, free = round(emergency.period / HOUR), recent[-emergency.quota] + emergency.period
        raise EmergenciesSpent(quota=emergency.quota, hours=hours, at=free)
    return len(recent) + 1


def must_go_through(emergency: Emergency, frozen: Sequence[Freeze], *, load_balancer: str) -> None:
    """Let an emergency pass where nothing is ``frozen``, or the policy lets it go through.

    Raises:
        FrozenForEmergencies: it doesn't.
    """
    for one in () if emergency.overrides_freezes else frozen:
        raise FrozenForEmergencies(load_balancer=load_balancer, frozen_by=one.by, until=one.until, reason=one.reason)


def must_not_be_denied(rule: Rule) -> None:
    """Let pass what ``rule`` doesn't deny: that nobody overrides, in no emergency.

    Raises:
        Denied: it does.
    """
    if isinstance(rule.then, Deny):
        raise Denied(rule=rule.name, text=rule.then.text)

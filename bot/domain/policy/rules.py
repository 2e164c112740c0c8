"""One rule: when it applies, and what it then asks."""

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.policy.conditions import When

VERSION_LENGTH = 16  # hex digits of a SHA-256: as much as a card can show, far more than rules will ever be


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """Nobody may do it, and nobody can override that. ``text`` is the operator's own sentence to the requester."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """``then`` is what applies to a request for which ``when`` holds and no earlier rule's did.

    ``freeze_approvers`` (groups, people's ids) are one of whom has to approve, too, while the load balancer is frozen;
    without any nothing can be asked then.
    """

    name: str
    then: Deny | Asks
    when: When = field(default_factory=When)
    freeze_approvers: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Return 16 hex digits that are others as soon as anything in the rule is, its name included.

        They cover the rule alone, not who is in the groups or when the windows are that it names: who has a right is
        looked up at each decision, and which rule applies at each look.
        """
        return hashlib.sha256(self.canonical.encode()).hexdigest()[:VERSION_LENGTH]

    @property
    def canonical(self) -> str:
        """Return the rule as the one JSON text that its version is the digest of.

        What a rule doesn't say is left out, so that it keeps its version when rules can say more.
        """
        said = {"name": self.name, "when": self.when, type(self.then).__name__.lower(): self.then}
        if self.freeze_approvers:
            said["freeze_approvers"] = self.freeze_approvers
        return json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> object:  # noqa: ANN401 - a value of any field, or a set of facts
    if is_dataclass(value):
        return {one.name: said for one in fields(value) if (said := getattr(value, one.name)) != one.default}
    return sorted(value)


def default_rule(expires_after: float) -> Rule:
    """Return the rule of a policy that has none: one approval by any full member other than the requester."""
    return Rule(name="default", then=Asks(stages=(Stage(approvers=(ANYONE,)),), expires_after=expires_after))

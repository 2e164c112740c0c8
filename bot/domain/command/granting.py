"""``grant``, ``grants`` and ``revoke``: approving in advance.

grant probe-port <load balancer> [<listener> [<host>:<port> …]] for <duration> <n> uses <reason …>
grants
revoke <grant> [<reason …>]

A grant's values come by place or by name: ``load_balancer=lb-… listener=lbl-… for=30m uses=3 reason=…``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.command.draft import reason_problem
from bot.domain.command.fields import REASON
from bot.domain.command.giving import GiveGrant, Giving
from bot.domain.command.normalise import Plain
from bot.domain.command.problems import NotUnderstood, Problem, ProblemCode
from bot.domain.command.reasons import tidied
from bot.domain.command.terms import FIELDS, LASTS_EXAMPLES, USES_EXAMPLES, as_written
from bot.domain.command.words import Word
from bot.domain.operation import SetProbePort

_GRANT = frozenset({"grant", "授权", "预批", "预先批准"})
_GRANTS = frozenset({"grants", "授权列表"})
_REVOKE = frozenset({"revoke", "撤销授权", "撤销"})
_NUMBER = re.compile(r"(?:G-?)?(?P<number>[1-9][0-9]{0,8})", re.IGNORECASE)
_WHAT = f"{SetProbePort.description.verb} {FIELDS['load_balancer'].example}"
GRANT_LINES = (
    f"grant {_WHAT} {LASTS_EXAMPLES[0]} {USES_EXAMPLES[0]} <{REASON}>",
    "grants",
    "revoke G-3",
)


@dataclass(frozen=True, slots=True)
class ListGrants:
    """Tell what is approved in advance now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeGrant:
    """End grant ``grant`` before its time; ``reason`` may be ``""``."""

    grant: int
    reason: str


Granting = GiveGrant | ListGrants | RevokeGrant


def granting(page: Plain, words: Sequence[Word], end: int) -> Granting | None:
    """Return what ``words``, a command that goes up to ``end`` of ``page``, ask of grants; None where they don't.

    Raises:
        NotUnderstood: a value is missing or can't be one.
    """
    verb = words[0].bare.lower()
    if verb in _GRANT:
        return Giving(page, words[1:], end).read()
    if verb in _REVOKE:
        return _revoke(page, words[1:], end)
    return ListGrants() if verb in _GRANTS else None


def _revoke(page: Plain, words: Sequence[Word], end: int) -> RevokeGrant:
    found = _NUMBER.fullmatch(words[0].bare) if words else None
    problems = [] if found else [Problem(code=ProblemCode.GRANT_MISSING, allowed=("G-3",))]
    reason = tidied(page, words[1:], end)
    problem = reason_problem(reason) if reason else None
    if problem:
        problems.append(problem)
        reason = ""
    if problems or not found:
        name = f"G-{found['number']}" if found else "<grant>"
        line = " ".join(one for one in ("revoke", name, as_written(reason)) if one)
        raise NotUnderstood(understood={}, problems=tuple(problems), corrected=line)
    return RevokeGrant(grant=int(found["number"]), reason=reason)

"""The grammar of ``/lb``: what people type and paste, made into a request, or a refusal that says everything at once.

    probe-port <load balancer> <listener> <host>:<port> <probe port> [--at <moment> | --window <name>] <reason …>
    emergency probe-port … <reason …>
    preview probe-port … <reason …>
    review <change> <what was found …>
    audit <change>
    freeze <load balancer> until <moment> <reason …>
    pending
    grant probe-port <load balancer> … for <duration> <n> uses <reason …>

Values come by place or by name, in our words, the v2 API's or the 3.0 API's. Whatever would need a guess is refused.
"""

from bot.domain.command.draft import REASON_MAX, REASON_MIN
from bot.domain.command.freezing import FREEZE_LINES, Freezing, LiftFreeze, ListFreezes, SetFreeze
from bot.domain.command.giving import GiveGrant
from bot.domain.command.granting import GRANT_LINES, Granting, ListGrants, RevokeGrant
from bot.domain.command.lines import broken, example, previewed, usage
from bot.domain.command.normalise import is_blank, tidy, visible
from bot.domain.command.options import Begin, Opening
from bot.domain.command.parsing import from_fields, parse, render
from bot.domain.command.problems import NotUnderstood, Problem, ProblemCode, holds_secret
from bot.domain.command.request import About, Audit, Help, Pending, Preview, Request, Review, Rules, Why

__all__ = [
    "FREEZE_LINES",
    "GRANT_LINES",
    "REASON_MAX",
    "REASON_MIN",
    "About",
    "Audit",
    "Begin",
    "Freezing",
    "GiveGrant",
    "Granting",
    "Help",
    "LiftFreeze",
    "ListFreezes",
    "ListGrants",
    "NotUnderstood",
    "Opening",
    "Pending",
    "Preview",
    "Problem",
    "ProblemCode",
    "Request",
    "Review",
    "RevokeGrant",
    "Rules",
    "SetFreeze",
    "Why",
    "broken",
    "example",
    "from_fields",
    "holds_secret",
    "is_blank",
    "parse",
    "previewed",
    "render",
    "tidy",
    "usage",
    "visible",
]

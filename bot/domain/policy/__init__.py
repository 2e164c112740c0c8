"""Who may ask for what, who must approve it, and until when.

The rules, from a request to a run:

1. ``Request.of(operation, facts, Asker(…), region=…, at=…)``, then ``policy.rule_for(request)``.
2. ``must_be_allowed(rule, request, reason=…)`` returns what the rule asks, or refuses; so does, where the load balancer
   is frozen, ``asked_when_frozen(rule, asks, frozen, …)``. Store ``rule.name`` and ``rule.version`` with the change;
   the change expires ``asks.expires_after`` seconds later.
3. ``Tally.of(asks, requester, approved={})``; ``must_be_possible(rule, tally.joined(people))`` with those who are
   there.
4. A click: ``must_be_member``, ``must_be_current``, then ``must_add(person, policy.groups_of(…), change, tally)``;
   ``asks.confirm`` says whether the listener's id must have been typed. Once ``tally.joined({…}).complete``, it runs.
5. At the start of a run: steps 1 and 2 with fresh facts must give a rule of the stored version, and a tally of those
   who still have the right must be ``complete``.
"""

from bot.domain.asks import ANYONE, Asks, Confirm, Stage
from bot.domain.policy.allowing import must_add, must_be_allowed, must_be_possible, must_have_a_say, tally_of
from bot.domain.policy.conditions import When
from bot.domain.policy.deciding import (
    AlreadyDecided,
    Guest,
    NotActive,
    NotAMember,
    NotHuman,
    NotUnknown,
    NotYours,
    OldCard,
    OwnRequest,
    Person,
    TooLate,
    must_be_current,
    must_be_member,
)
from bot.domain.policy.emergency import (
    EmergenciesSpent,
    Emergency,
    NoEmergencies,
    NotForEmergencies,
    must_be_an_emergency,
    must_be_left,
    must_go_through,
    must_not_be_denied,
)
from bot.domain.policy.freezing import Calendar, FreezeRules, asked_when_frozen
from bot.domain.policy.grants import Grants, GrantTooWide, MayNotGrant, NoGrants, NoGrantsHere, must_be_grantable
from bot.domain.policy.live import LiveFact, live_facts
from bot.domain.policy.openings import (
    StartPassed,
    StartTooFar,
    UnknownWindow,
    WindowStaysShut,
    is_late,
    must_be_ahead,
    next_start,
)
from bot.domain.policy.refusals import (
    ApprovedAlready,
    Denied,
    FreezeChanged,
    NobodyCanApprove,
    NotAnApprover,
    NotYet,
    ReasonLacks,
    RuleChanged,
    WrongChannel,
)
from bot.domain.policy.request import Asker, Request
from bot.domain.policy.reviewing import (
    NoReview,
    NotAReviewer,
    OwnEmergency,
    ReviewSigned,
    ReviewTooEarly,
    must_be_reviewer,
)
from bot.domain.policy.rulebook import Group, NoLastRule, People, Policy, SlackGroup
from bot.domain.policy.rules import Deny, Rule
from bot.domain.policy.tally import Tally
from bot.domain.policy.windows import Spans, Weekly, Window

__all__ = [
    "ANYONE",
    "AlreadyDecided",
    "ApprovedAlready",
    "Asker",
    "Asks",
    "Calendar",
    "Confirm",
    "Denied",
    "Deny",
    "EmergenciesSpent",
    "Emergency",
    "FreezeChanged",
    "FreezeRules",
    "GrantTooWide",
    "Grants",
    "Group",
    "Guest",
    "LiveFact",
    "MayNotGrant",
    "NoEmergencies",
    "NoGrants",
    "NoGrantsHere",
    "NoLastRule",
    "NoReview",
    "NobodyCanApprove",
    "NotAMember",
    "NotAReviewer",
    "NotActive",
    "NotAnApprover",
    "NotForEmergencies",
    "NotHuman",
    "NotUnknown",
    "NotYet",
    "NotYours",
    "OldCard",
    "OwnEmergency",
    "OwnRequest",
    "People",
    "Person",
    "Policy",
    "ReasonLacks",
    "Request",
    "ReviewSigned",
    "ReviewTooEarly",
    "Rule",
    "RuleChanged",
    "SlackGroup",
    "Spans",
    "Stage",
    "StartPassed",
    "StartTooFar",
    "Tally",
    "TooLate",
    "UnknownWindow",
    "Weekly",
    "When",
    "Window",
    "WindowStaysShut",
    "WrongChannel",
    "asked_when_frozen",
    "is_late",
    "live_facts",
    "must_add",
    "must_be_ahead",
    "must_be_allowed",
    "must_be_an_emergency",
    "must_be_current",
    "must_be_grantable",
    "must_be_left",
    "must_be_member",
    "must_be_possible",
    "must_be_reviewer",
    "must_go_through",
    "must_have_a_say",
    "must_not_be_denied",
    "next_start",
    "tally_of",
]

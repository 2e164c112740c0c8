"""Every no of the rules, as types that carry facts; the sentences live in ``bot/texts``."""

from bot.domain.errors import Refusal


class Denied(Refusal):
    """A rule forbids it. Facts: ``rule`` (its name), ``text`` (the operator's own sentence)."""

    code = "denied"


class WrongChannel(Refusal):
    """It may not be asked for here. Facts: ``rule``, ``have`` (ids, and ``#`` with a glob over names)."""

    code = "wrong_channel"


class ReasonLacks(Refusal):
    """The reason is not what the rule wants. Facts: ``rule``, ``pattern``, ``example``."""

    code = "reason_lacks"


class NobodyCanApprove(Refusal):
    """Those who are there can't bring it through. Facts: ``rule``, ``stage`` (from 1), ``missing``, ``have``.

    ``missing`` is how many approvals that stage would still lack with all of them, ``have`` who its approvers are.
    """

    code = "nobody_can_approve"


class NotAnApprover(Refusal):
    """The rule names others. Facts: ``change``, ``have`` (who may approve now: groups and people's ids)."""

    code = "not_an_approver"


class NotYet(Refusal):
    """The stage of this approver comes later. Facts: ``change``, ``stage`` (from 1, the open one), ``have``."""

    code = "not_yet"


class RuleChanged(Refusal):
    """The rules changed since people were asked; they are asked again. Facts: ``change``, ``rule`` (the new one)."""

    code = "rule_changed"


class FreezeChanged(Refusal):
    """It was frozen since people were asked, or is no more; they are asked again.

    Facts: ``change``, ``load_balancer``.
    """

    code = "freeze_changed"


class ApprovedAlready(Refusal):
    """One person counts once. Facts: ``change``, ``missing`` (approvals that the open stage needs)."""

    code = "approved_already"

"""What the policy says of freezes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.freezes import Freeze, Frozen
from bot.domain.policy.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeRules:
    """Who may freeze a load balancer, and who may lift what another one froze: people's ids and groups."""

    may_freeze: tuple[str, ...] = (ANYONE,)
    may_lift: tuple[str, ...] = (ANYONE,)


def asked_when_frozen(rule: Rule, asks: Asks, frozen: Sequence[Freeze], *, load_balancer: str) -> Asks:
    """Return what must be had while ``frozen`` keeps ``load_balancer`` from being changed.

    That is what ``rule`` ``asks``, and one of its freeze approvers after that.

    Raises:
        Frozen: it names none.
    """
    if not frozen:
        return asks
    if not rule.freeze_approvers:
        first = frozen[0]
        raise Frozen(load_balancer=load_balancer, frozen_by=first.by, until=first.until, reason=first.reason)
    return replace(asks, stages=(*asks.stages, Stage(approvers=rule.freeze_approvers)))

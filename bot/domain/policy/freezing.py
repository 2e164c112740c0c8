"""What the policy says of freezes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from bot.domain.asks import ANYONE, Asks, Stage
from bot.domain.freezes import EVERY, Freeze, Frozen
from bot.domain.policy.rules import Rule
from bot.domain.policy.windows import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The load balancers that one of ``load_balancer`` (globs; none: every one) is like, frozen in ``window`` (names).

    ``name`` has no capitals, so that it is never a person's id.
    """

    name: str
    window: tuple[str, ...]
    reason: str
    load_balancer: tuple[str, ...] = ()

    def freezes(self, load_balancer: str) -> bool:
        """Say whether it is about ``load_balancer``."""
        return not self.load_balancer or any(fnmatchcase(load_balancer, one) for one in self.load_balancer)

    def freeze(self, windows: Mapping[str, Window], *, at: float) -> Freeze | None:
        """Return what it freezes at ``at``, None while none of its ``windows`` is open."""
        opened = [windows[name] for name in self.window if windows[name].holds(at)]
        if not opened:
            return None
        ends = [window.closes(at) for window in opened]
        known = [end for end in ends if end is not None]
        until = max(known) if len(known) == len(ends) else None
        balancers = ", ".join(self.load_balancer) or EVERY
        return Freeze(id=None, load_balancer=balancers, by=self.name, until=until, reason=self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeRules:
    """Who may freeze a load balancer, and who may lift what another one froze: people's ids and groups.

    ``calendars`` freeze by themselves; nobody lifts that.
    """

    may_freeze: tuple[str, ...] = (ANYONE,)
    may_lift: tuple[str, ...] = (ANYONE,)
    calendars: tuple[Calendar, ...] = ()


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

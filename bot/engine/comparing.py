"""What was approved beside what the rules say now: what of it no longer holds, and whose approvals are left."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.domain.asks import Approval, Ruled
from bot.domain.change import UNRULED, Change, Moved
from bot.domain.freezes import keys
from bot.domain.policy import Tally


def is_same(was: Ruled, now: Ruled) -> bool:
    """Say whether ``now`` is the rule that people were asked under, though who is to be called may be others."""
    return keys(was.frozen) == keys(now.frozen) and _is_same_rule(was, now)


def _is_same_rule(was: Ruled, now: Ruled) -> bool:
    if was.version == UNRULED.version:  # from before there were rules
        return now.name == was.name and now.asks.stages == was.asks.stages
    return was.version == now.version


def differences(change: Change, ruled: Ruled, still: Mapping[str, frozenset[str]]) -> tuple[Moved, ...]:
    """Return what of the rules no longer holds of an approval: the rule, a freeze, and those who lost their right.

    A freeze that was approved under and is over by now asks nothing more, nor does one that an emergency goes through.
    """
    moved, same = [], _is_same_rule(change.ruled, ruled)
    if not same:
        moved.append(Moved(fact="rule", was=change.ruled.name, now=ruled.name))
    goes_through = change.is_emergency and same  # where it might not, the rule of now would be the ordinary one
    if not goes_through and not keys(ruled.frozen) <= keys(change.ruled.frozen):
        moved.append(Moved(fact="freeze", was=reasons(change.ruled), now=reasons(ruled)))
    if not Tally.of(ruled.asks, change.requester, still).complete:
        moved.append(Moved(fact="approvals", was=len(change.approvals), now=len(still)))
    return tuple(moved)


def reasons(ruled: Ruled) -> str | bool:
    """Return why it was frozen when people were asked under ``ruled``, False where it wasn't."""
    return "; ".join(one.reason for one in ruled.frozen) or False


def kept(approvals: Iterable[Approval], still: Mapping[str, frozenset[str]]) -> tuple[Approval, ...]:
    """Return the approvals of those who still may, with the groups that hold them now."""
    return tuple(replace(one, groups=still[one.person]) for one in approvals if one.person in still)

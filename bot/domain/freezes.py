"""Freezes: what keeps a load balancer from being changed for a time, set by somebody or by a calendar of the policy."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from bot.domain.errors import Refusal

EVERY = "*"  # the load balancers of a freeze of all
LONGEST = 30 * 86_400.0  # seconds that somebody may freeze for


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """One freeze.

    ``id`` counts those that people set, from 1; None is a calendar's. ``by`` is the person's id or the calendar's name.
    ``load_balancer`` is an id, or the globs of a calendar. ``until`` is seconds since the epoch, None where no end is
    known.
    """

    id: int | None
    load_balancer: str
    by: str
    until: float | None
    reason: str

    @property
    def key(self) -> str:
        """Return what tells it from every other."""
        return self.by if self.id is None else f"#{self.id}"

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the ledger."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` wrote."""
        return cls(**plain)


def keys(frozen: Iterable[Freeze]) -> frozenset[str]:
    """Return what tells ``frozen`` from other freezes."""
    return frozenset(one.key for one in frozen)


class Frozen(Refusal):
    """The rule names nobody who could approve it meanwhile.

    Facts: ``load_balancer``, ``frozen_by``, ``until``, ``reason``.
    """

    code = "frozen"


class FrozenForEmergencies(Frozen):
    """The policy lets no emergency go through a freeze.

    Facts: ``load_balancer``, ``frozen_by``, ``until``, ``reason``.
    """

    code = "frozen_for_emergencies"


class AlreadyFrozen(Refusal):
    """One freeze at a time. Facts: ``load_balancer``, ``frozen_by``, ``until``, ``reason``, ``example``.

    ``example`` is the line that lifts it.
    """

    code = "already_frozen"


class NotFrozen(Refusal):
    """Nobody froze it. Facts: ``load_balancer``, ``example`` (a line that lists what is frozen)."""

    code = "not_frozen"


class CalendarFreezes(Refusal):
    """What a calendar of the policy freezes nobody lifts. Facts: ``load_balancer``, ``frozen_by``, ``until``."""

    code = "calendar_freezes"


class FreezeOver(Refusal):
    """A freeze can't end in the past. Facts: ``until``, ``example``."""

    code = "freeze_over"


class FreezeTooLong(Refusal):
    """Facts: ``until``, ``days`` (the most), ``example``."""

    code = "freeze_too_long"


class OutsiderFreezes(Refusal):
    """Guests, bots and people of elsewhere neither freeze nor lift. Facts: none."""

    code = "outsider_freezes"


class MayNotFreeze(Refusal):
    """The policy names others. Facts: ``have`` (groups and people's ids)."""

    code = "may_not_freeze"


class MayNotLift(Refusal):
    """The policy names others, and another one set it. Facts: ``frozen_by``, ``have`` (groups and people's ids)."""

    code = "may_not_lift"


def must_end_in_time(until: float, *, now: float, example: str) -> None:
    """Let a freeze pass that ends in the future, ``LONGEST`` from ``now`` at most; ``example`` is a line that works.

    Raises:
        Refusal: ``FreezeOver`` or ``FreezeTooLong``.
    """
    if until <= now:
        raise FreezeOver(until=until, example=example)
    if until > now + LONGEST:
        raise FreezeTooLong(until=until, days=int(LONGEST / 86_400), example=example)

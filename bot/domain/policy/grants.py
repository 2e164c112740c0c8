"""Approving in advance: who may give a grant, where, for how long and for how many changes."""

from dataclasses import dataclass

from bot.domain.asks import names
from bot.domain.errors import Refusal
from bot.domain.policy.conditions import is_among
from bot.domain.policy.request import Asker

MINUTE = 60.0  # seconds


class NoGrants(Refusal):
    """The policy says nothing of grants, so there are none. Facts: none."""

    code = "no_grants"


class MayNotGrant(Refusal):
    """The policy names others, or this is no full member. Facts: ``have`` (groups and people's ids)."""

    code = "may_not_grant"


class NoGrantsHere(Refusal):
    """Not in this channel. Facts: ``have`` (ids, and ``#`` with a glob over names)."""

    code = "no_grants_here"


class GrantTooWide(Refusal):
    """For longer, or for more changes, than the policy allows.

    Facts: ``minutes`` and ``uses`` (as asked), ``minutes_most`` and ``uses_most``.
    """

    code = "grant_too_wide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What the policy says of grants.

    ``by`` (people's ids, groups) may give one in ``channels`` (ids, ``#`` and a glob over names), for ``lasts_most``
    seconds and ``uses_most`` changes at most.
    """

    by: tuple[str, ...]
    channels: tuple[str, ...]
    lasts_most: float = 3600.0
    uses_most: int = 5

    def names(self, asker: Asker) -> bool:
        """Say whether ``asker`` may give one, where they are."""
        return names(self.by, asker.id, asker.groups) and is_among(self.channels, asker)


def must_be_grantable(grants: Grants | None, asker: Asker, *, lasts: float, uses: int) -> None:
    """Let a grant of ``lasts`` seconds and ``uses`` changes pass that ``asker``, a full member, may give.

    Raises:
        Refusal: ``NoGrants``, ``MayNotGrant``, ``NoGrantsHere`` or ``GrantTooWide``.
    """
    if grants is None:
        raise NoGrants
    if not names(grants.by, asker.id, asker.groups):
        raise MayNotGrant(have=grants.by)
    if not is_among(grants.channels, asker):
        raise NoGrantsHere(have=grants.channels)
    if lasts > grants.lasts_most or uses > grants.uses_most:
        raise GrantTooWide(
            minutes=round(lasts / MINUTE),
            uses=uses,
            minutes_most=round(grants.lasts_most / MINUTE),
            uses_most=grants.uses_most,
        )

"""What the policy says of freezes."""

from dataclasses import dataclass

from bot.domain.asks import ANYONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezes:
    """Who may freeze a load balancer, and who may lift what another one froze: people's ids and groups."""

    may_freeze: tuple[str, ...] = (ANYONE,)
    may_lift: tuple[str, ...] = (ANYONE,)

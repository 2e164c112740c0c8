"""Freezes that people of a world set and lift."""

from dataclasses import dataclass

from bot.domain.asks import Stage
from bot.domain.freezes import Freeze
from bot.domain.policy import Policy, Rule
from bot.engine.freezing import Freezing, Order
from tests.rooms.engine.ruled import GROUPS, ONE_OF_TEAM
from tests.rooms.engine.world import ALICE, BALANCER, World

HOUR = 3600.0
TEAM, LEADS = Stage(approvers=("team",)), Stage(approvers=("leads",))


def by_leads(*, when_frozen: tuple[str, ...] = ("leads",)) -> Policy:
    """Return the rule that one of the team approves, and ``when_frozen`` one of them, too."""
    return Policy(rules=(Rule(name="the last", then=ONE_OF_TEAM, freeze_approvers=when_frozen),), groups=GROUPS)


def freezing(made: World) -> Freezing:
    return Freezing(made.ledger, made.time, made.ruling())


async def order(
    made: World, by: str = ALICE.id, *, key: str = "", reason: str = "release week", load_balancer: str = BALANCER
) -> Order:
    known = key or await made.key()
    return Order(
        load_balancer=load_balancer, reason=reason, by=by, channel="C0INCIDENT", key=known, example="/lb unfreeze lb-x"
    )


async def freeze(made: World, by: str = ALICE.id, *, seconds: float = HOUR, load_balancer: str = BALANCER) -> None:
    until = made.time.now() + seconds
    wanted = await order(made, by, load_balancer=load_balancer)
    await freezing(made).set(wanted, until=until, told=lambda one: f"frozen: {one.reason}")


async def lift(made: World, by: str = ALICE.id) -> None:
    await freezing(made).lift(await order(made, by, reason="it is out"), told=lambda one: f"lifted: {one.reason}")


async def frozen(made: World) -> list[Freeze]:
    return await freezing(made).standing()


@dataclass
class Sudden:
    """A place among the replicas at which somebody freezes, once, when the guard has let a call pass already."""

    made: World
    replica: None = None
    leads: bool = True
    frozen: bool = False

    async def assure(self) -> None:
        if not self.frozen:
            self.frozen = True
            await freeze(self.made)

"""Grants to begin changes with, and who gives them."""

from dataclasses import replace

from bot.domain.grant import Grant, Targets
from bot.domain.policy import Grants, Policy
from bot.engine.granting import Granting, Order
from bot.store.ledger import Ledger
from tests.rooms.engine.ruled import CARLA
from tests.rooms.engine.world import BALANCER, LISTENER, World

INCIDENT = "C0INCIDENT"
MINUTES, USES = 30, 3
GRANTS = Grants(by=("leads",), channels=("#inc*", INCIDENT), lasts_most=3600.0, uses_most=5)  # carla and alice
TARGETS = Targets(verb="probe-port", load_balancer=BALANCER)
NAMED = replace(TARGETS, listener=LISTENER)


def granting_policy(policy: Policy, grants: Grants | None = GRANTS) -> Policy:
    return replace(policy, grants=grants)


def granting(made: World, ledger: Ledger | None = None) -> Granting:
    return Granting(ledger or made.ledger, made.time, made.ruling())


async def order(made: World, by: str = CARLA.id, *, channel: str = INCIDENT, reason: str = "INC-7 dry") -> Order:
    return Order(by=by, channel=channel, reason=reason, since=made.time.now(), key=await made.key())


async def give(
    made: World,
    by: str = CARLA.id,
    *,
    targets: Targets = TARGETS,
    uses: int = USES,
    minutes: int = MINUTES,
    channel: str = INCIDENT,
) -> Grant:
    """Let ``by`` approve in advance."""
    told: list[Grant] = []

    def tell(grant: Grant) -> str:
        told.append(grant)
        return f"given {grant.name}"

    wanted = await order(made, by, channel=channel)
    await granting(made).give(wanted, targets, lasts=minutes * 60.0, uses=uses, told=tell)
    return told[0]


async def revoke(made: World, grant: Grant, by: str = CARLA.id) -> None:
    told = await order(made, by, reason="over")
    await granting(made).revoke(told, grant.id, told=lambda one: f"revoked {one.name}")

"""Grants to begin changes with, and who gives them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.change import Change
from bot.domain.grant import Grant, Targets
from bot.domain.operation import SetProbePort
from bot.domain.policy import Grants, Policy
from bot.domain.starts import Start
from bot.engine.granting import Granting, Order
from bot.store.ledger import Ledger
from bot.store.tables import grants
from tests.rooms.engine.ruled import CARLA
from tests.rooms.engine.world import ALICE, BALANCER, LISTENER, OPERATION, World
from tests.rooms.store.ledgers import rows

INCIDENT = "C0INCIDENT"
OTHER = replace(OPERATION, host="cpm-quick002")
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


def told(change: Change, used: Sequence[Grant]) -> str:
    return f"{change.name}: {', '.join(f'{one.name} {one.left}' for one in used)}"


async def asked(
    made: World,
    operation: SetProbePort = OPERATION,
    by: str = ALICE.id,
    channel: str = "C0INCIDENT",
    start: Start | None = None,
) -> Change:
    key = await made.key()
    opening = made.changes().open(operation, "INC-7", requester=by, channel=channel, key=key, start=start, used=told)
    change = await opening
    assert change is not None
    return change


async def used(made: World) -> list[int]:
    """Return how often each grant was used."""
    return [row["used"] for row in await rows(made.ledger, grants)]

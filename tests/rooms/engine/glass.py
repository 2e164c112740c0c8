"""Emergencies, and a policy that lets them be."""

from dataclasses import replace

from bot.domain.asks import ANYONE, Stage
from bot.domain.change import Change
from bot.domain.operation import SetProbePort
from bot.domain.policy import Emergency, Policy, Rule
from tests.rooms.engine.ruled import GROUPS, stages
from tests.rooms.engine.world import ALICE, OPERATION, World

WHY = "the checkout is down, INC-7"
GLASS = Emergency(people=("team", ALICE.id), quota=2, period=7200.0, pings=("leads",))
SIBLING, THIRD = (replace(OPERATION, host=f"cpm-quick00{number}") for number in (2, 3))
LAST = Rule(name="the last", then=stages(Stage(approvers=(ANYONE,))))


def policy(*before: Rule, glass: Emergency | None = GLASS) -> Policy:
    return Policy(rules=(*before, LAST), groups=GROUPS, emergency=glass)


async def broken(made: World, by: str = ALICE.id, operation: SetProbePort = OPERATION, why: str = WHY) -> Change:
    key = await made.key()
    change = await made.emergencies().open(operation, why, requester=by, channel="C0INCIDENT", key=key)
    assert change is not None
    return change

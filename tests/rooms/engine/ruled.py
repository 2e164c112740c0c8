"""Rules to decide under, and the people whom they name."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.domain.asks import Asks, Stage
from bot.domain.change import Change
from bot.domain.policy import (
    Deny,
    Group,
    People,
    Person,
    Policy,
    Rule,
    SlackGroup,
)
from tests.rooms.engine.world import ALICE, BOB, World

CARLA = replace(BOB, id="U0CARLA")
GROUP = "S0APPROVE"  # bob and carla, in the sandbox Slack
GROUPS: Mapping[str, Group] = MappingProxyType(
    {"team": SlackGroup(id=GROUP), "leads": People(ids=frozenset({CARLA.id, ALICE.id}))}
)


def policy(then: Asks | Deny, *before: Rule) -> Policy:
    return Policy(rules=(*before, Rule(name="the last", then=then)), groups=GROUPS)


def stages(*each: Stage) -> Asks:
    return Asks(stages=each)


ONE_OF_TEAM = stages(Stage(approvers=("team",)))
TWO_OF_TEAM = stages(Stage(approvers=("team",), count=2))
TEAM_THEN_LEADS = stages(Stage(approvers=("team",)), Stage(approvers=("leads",)))


async def approve(made: World, change: Change, person: Person = BOB) -> Change:
    await made.decisions().approve(await made.click(change, person))
    return await made.change(change.id)


async def leave(made: World, *members: str) -> None:
    """Let only ``members`` stay in the user group."""
    await made.slack.do("usergroups", id=GROUP, members=list(members))

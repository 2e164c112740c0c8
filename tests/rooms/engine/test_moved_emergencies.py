"""What an emergency rested on may move before it runs: it is handed to people, or ends, and nothing is called."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.change import Ending, State
from bot.domain.policy import Deny, OwnRequest, Rule, RuleChanged, When
from bot.store.ledger import Ledger
from tests.rooms.engine.glass import GLASS, broken, policy
from tests.rooms.engine.ruled import CARLA, ONE_OF_TEAM, approve, leave
from tests.rooms.engine.world import ALICE, BOB, World, world


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy()) as made:
        yield made


@pytest.mark.parametrize("moved", ["right", "quota", "none", "facts"])
async def test_one_that_no_longer_holds_is_handed_to_people_under_the_ordinary_rule(made: World, moved: str) -> None:
    change = await broken(made, BOB.id)
    if moved == "right":
        await leave(made, CARLA.id)
    elif moved == "facts":
        made.drift(probe_port=8055)
    else:
        made.policy = policy(glass=None if moved == "none" else replace(GLASS, quota=3))

    again = await made.ran(change)

    assert (again.state, again.version, again.ruled.name, made.calls) == (State.PENDING, 2, "the last", 0)
    assert (again.is_emergency, again.review) == (False, change.review)
    with pytest.raises(OwnRequest):
        await approve(made, again, BOB)
    assert (await made.ran(await approve(made, again, CARLA))).ending is Ending.VERIFIED


async def test_one_that_a_rule_forbids_by_now_ends_without_a_call(made: World) -> None:
    change = await broken(made)
    made.policy = policy(Rule(name="sale", then=Deny(text="not now"), when=When(operation=("probe-port",))))

    ended = await made.ran(change)

    assert (ended.ending, ended.findings["text"], made.calls) == (Ending.NO_LONGER_POSSIBLE, "not now", 0)


async def test_one_that_people_may_not_be_asked_about_ends_without_a_call(made: World) -> None:
    change = await broken(made, why="the checkout is down")
    ticket = replace(ONE_OF_TEAM, reason="CHG-[0-9]+", reason_example="CHG-7")
    made.policy = policy(Rule(name="ticket", then=ticket, when=When(operation=("probe-port",))), glass=None)

    ended = await made.ran(change)

    assert (ended.ending, ended.findings["refusal"], made.calls) == (Ending.NO_LONGER_POSSIBLE, "reason_lacks", 0)


async def test_one_of_whom_slack_does_not_tell_is_handed_to_people_and_not_to_its_requester(made: World) -> None:
    change = await broken(made)
    await made.slack.fault("api_error", error="internal_error", method="users.info", times=0)
    again = await made.ran(change)
    await made.slack.http.delete(f"{made.slack.url}/sandbox/faults")

    assert (again.state, again.is_emergency, made.calls) == (State.PENDING, False, 0)
    with pytest.raises(RuleChanged):
        await approve(made, again, ALICE)
    renewed = await made.change(change.id)
    with pytest.raises(OwnRequest):
        await approve(made, renewed, ALICE)
    assert renewed.ruled.name == "the last"

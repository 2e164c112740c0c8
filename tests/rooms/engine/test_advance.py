"""A change that somebody approved in advance: whose word counts for what, and that nothing runs against its rule."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.asks import Asks, Confirm
from bot.domain.change import Ending, State
from bot.domain.policy import Policy, Rule
from bot.store.ledger import Ledger
from bot.store.tables import events, posts
from tests.rooms.engine.frozen import freeze
from tests.rooms.engine.granted import GRANTS, NAMED, OTHER, TARGETS, asked, give, granting_policy, used
from tests.rooms.engine.ruled import (
    CARLA,
    GROUPS,
    ONE_OF_TEAM,
    TEAM_THEN_LEADS,
    TWO_OF_TEAM,
    approve,
    leave,
    policy,
)
from tests.rooms.engine.world import ALICE, BOB, OPERATION, World, world
from tests.rooms.store.ledgers import rows

ANYONE = Policy().rules[0].then
assert isinstance(ANYONE, Asks)


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=granting_policy(policy(ONE_OF_TEAM))) as made:
        yield made


async def test_what_a_lead_approved_in_advance_runs_at_once_with_their_approval(made: World) -> None:
    await give(made)

    change = await asked(made)

    [approval] = change.approvals
    assert (change.state, approval.person, approval.grant) == (State.APPROVED, CARLA.id, 1)
    assert approval.groups == {"anyone", "team", "leads"}
    assert (change.decided_by, change.decided_at) == (CARLA.id, made.time.now())
    assert await made.enqueued() == [(change.id, 1)]
    assert await used(made) == [1]
    assert (await made.ran(change)).ending is Ending.VERIFIED


async def test_its_use_is_recorded_with_the_approval_and_told_the_channel(made: World) -> None:
    await give(made, uses=2)

    change = await asked(made)

    of_it = {row["kind"]: row for row in await rows(made.ledger, events) if row["change"] == change.id}
    assert (of_it["grant.used"]["actor"], of_it["grant.used"]["facts"]) == (
        ALICE.id,
        {"grant": "G-1", "giver": CARLA.id, "left": 1},
    )
    approved = of_it["change.approve"]
    assert (approved["actor"], approved["facts"]["approvals"][0]["grant"]) == (CARLA.id, 1)
    assert len(approved["facts"]["digest"]) == 64
    assert approved["facts"]["basis"]["operation"]["probe_port"] == OPERATION.probe_port
    notices = [row["body"]["text"] for row in await rows(made.ledger, posts) if row["purpose"].startswith("notice")]
    assert notices == ["given G-1", "CR-1: G-1 1"]


@pytest.mark.parametrize(
    "targets",
    [
        replace(TARGETS, load_balancer="lb-other"),
        replace(NAMED, listener="lbl-other"),
        replace(NAMED, backends=("cpm-quick002:80",)),
    ],
)
async def test_a_grant_for_other_targets_counts_for_nothing(made: World, targets: object) -> None:
    await give(made, targets=targets)  # type: ignore[arg-type]  # of three kinds, each a Targets

    assert (await asked(made)).state is State.PENDING
    assert await used(made) == [0]


async def test_a_grant_counts_in_its_own_channel_only(made: World) -> None:
    made.policy = replace(made.policy, grants=replace(GRANTS, channels=("#*",)))
    await give(made)

    assert (await asked(made, channel="C0QUIET")).state is State.PENDING
    assert await used(made) == [0]


async def test_nobody_uses_a_grant_of_their_own(made: World) -> None:
    await give(made)

    change = await asked(made, by=CARLA.id)

    assert (change.state, change.approvals, await used(made)) == (State.PENDING, (), [0])


async def test_who_may_approve_their_own_change_may_do_so_in_advance(made: World) -> None:
    made.policy = granting_policy(policy(replace(ONE_OF_TEAM, requester_counts=True)))
    await give(made)

    assert (await asked(made, by=CARLA.id)).state is State.APPROVED


async def test_a_giver_whom_the_rule_does_not_name_approves_nothing_in_advance(made: World) -> None:
    await give(made, ALICE.id)  # a lead, not of the team

    change = await asked(made, by=BOB.id)

    assert (change.state, change.approvals, await used(made)) == (State.PENDING, (), [0])


@pytest.mark.parametrize("loss", ["group", "account", "guest", "grants", "by", "channel", "silence"])
async def test_a_giver_who_has_the_right_no_more_when_it_is_used_counts_for_nothing(made: World, loss: str) -> None:
    await give(made)
    if loss == "group":
        await leave(made, BOB.id)
    elif loss in {"account", "guest"}:
        lost = {"account": {"deleted": True}, "guest": {"is_restricted": True}}[loss]
        await made.slack.do("users", id=CARLA.id, **lost)
    elif loss == "silence":
        made.policy = granting_policy(policy(ANYONE))  # nobody else is asked for
        await made.slack.fault("http_503", method="users.info", times=9)
    else:
        now = {"grants": None, "by": replace(GRANTS, by=(ALICE.id,)), "channel": replace(GRANTS, channels=("C0OPS",))}
        made.policy = granting_policy(made.policy, now[loss])

    change = await asked(made)

    assert (change.state, change.approvals, await used(made)) == (State.PENDING, (), [0])
    assert await made.enqueued() == []


async def test_where_two_approvals_are_asked_a_grant_is_one_of_them(made: World) -> None:
    made.policy = granting_policy(policy(TWO_OF_TEAM))
    await give(made)

    change = await asked(made)
    assert (change.state, [(one.person, one.grant) for one in change.approvals]) == (State.PENDING, [(CARLA.id, 1)])
    assert await made.enqueued() == []
    after = await approve(made, change, BOB)

    assert after.state is State.APPROVED
    assert [(one.person, one.grant) for one in after.approvals] == [(CARLA.id, 1), (BOB.id, None)]
    assert await made.enqueued() == [(change.id, 1)]


async def test_two_grants_of_two_people_fill_two_places_and_two_of_one_fill_one(made: World) -> None:
    made.policy = replace(policy(TWO_OF_TEAM), grants=replace(GRANTS, by=("anyone",)))
    await give(made)
    await give(made)
    assert (await asked(made)).state is State.PENDING
    assert await used(made) == [1, 0]
    await give(made, BOB.id)

    change = await asked(made, OTHER)

    assert (change.state, [one.grant for one in change.approvals]) == (State.APPROVED, [1, 3])
    assert await used(made) == [2, 0, 1]
    [counted] = [row for row in await rows(made.ledger, events) if row["kind"] == "approval.counted"][1:]
    assert (counted["actor"], counted["change"]) == (CARLA.id, change.id)


async def test_a_grant_for_a_later_stage_counts_not_before_its_time(made: World) -> None:
    made.policy = granting_policy(policy(TEAM_THEN_LEADS))
    await give(made, ALICE.id)

    change = await asked(made, by="U0DAVE")

    assert (change.state, change.approvals, await used(made)) == (State.PENDING, (), [0])


@pytest.mark.parametrize(("targets", "state"), [(TARGETS, State.PENDING), (NAMED, State.APPROVED)])
async def test_where_the_listener_is_typed_only_a_grant_that_names_it_counts(
    made: World, targets: object, state: State
) -> None:
    made.policy = granting_policy(policy(replace(ONE_OF_TEAM, confirm=Confirm.TYPED)))
    await give(made, targets=targets)  # type: ignore[arg-type]  # of two kinds, each a Targets

    assert (await asked(made)).state is state


async def test_a_frozen_load_balancer_takes_no_grant(made: World) -> None:
    rule = Rule(name="the last", then=ONE_OF_TEAM, freeze_approvers=("team",))
    made.policy = Policy(rules=(rule,), groups=GROUPS, grants=GRANTS)
    await give(made)
    await freeze(made, BOB.id)

    change = await asked(made)

    assert (change.state, change.approvals, await used(made)) == (State.PENDING, (), [0])


async def test_grants_fill_stages_in_their_order_whichever_was_given_first(made: World) -> None:
    made.policy = replace(policy(TEAM_THEN_LEADS), grants=replace(GRANTS, by=("anyone",)))
    await give(made, ALICE.id)
    await give(made, BOB.id)

    change = await asked(made, by="U0DAVE")

    assert (change.state, [one.person for one in change.approvals]) == (State.APPROVED, [BOB.id, ALICE.id])


async def test_beside_a_giver_who_lost_the_right_the_grant_of_another_counts(made: World) -> None:
    made.policy = replace(policy(ONE_OF_TEAM), grants=replace(GRANTS, by=("anyone",)))
    await give(made)
    await give(made, BOB.id)
    await leave(made, BOB.id)

    assert [one.grant for one in (await asked(made)).approvals] == [2]
    assert await used(made) == [0, 1]

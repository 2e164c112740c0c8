"""Who is in a user group: asked for each decision, remembered for a minute where nothing is decided."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refusal
from bot.domain.groups import (
    GroupDisabled,
    GroupNeedsWorkspace,
    GroupsForbidden,
    GroupsNotOffered,
    GroupsNotTold,
    NoSuchGroup,
)
from bot.engine.ports import Membership
from bot.sandbox.slack.app import SCOPES, App
from bot.slack.client import web_client
from bot.slack.groups import KEPT, Groups
from bot.slack.installation import Installation
from tests.rooms.clock import Time
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, StandIn, stand_in

APPROVERS, LEADS = "S0APPROVE", "S0LEADS"
POOR = replace(App(), scopes=SCOPES - {"usergroups:read"})


def groups_at(slack: StandIn, time: Time, organisation: str = "") -> Groups:
    home = Installation(team="T0SANDBOX", organisation=organisation)
    return Groups(web_client(App().bot_token, slack.api_url, waits=False), home, time)


@pytest.fixture
def groups(slack: StandIn, time: Time) -> Membership:
    return groups_at(slack, time)


async def test_a_person_is_in_those_groups_that_slack_says(groups: Membership, slack: StandIn) -> None:
    await slack.do("usergroups", id=LEADS, members=[BOB])

    assert await groups.groups_of(BOB, {APPROVERS, LEADS}) == {APPROVERS, LEADS}
    assert await groups.groups_of(CARLA, {APPROVERS, LEADS}) == {APPROVERS}
    assert await groups.groups_of(CARLA, {LEADS}) == set()
    assert await groups.groups_of(ALICE, {APPROVERS, LEADS, "S0NOWHERE"}) == set()


async def test_several_people_are_asked_of_at_once(groups: Membership, slack: StandIn) -> None:
    await slack.do("usergroups", id=LEADS, members=[BOB])

    each = await groups.groups_of_each([BOB, CARLA, ALICE], {APPROVERS, LEADS})

    assert each == {BOB: {APPROVERS, LEADS}, CARLA: {APPROVERS}, ALICE: set()}
    assert len(await slack.calls("usergroups.list")) == 1
    assert await groups.groups_of_each([], {APPROVERS}) == {}
    assert len(await slack.calls("usergroups.list")) == 1


async def test_who_is_asked_of_no_group_costs_no_question(groups: Membership, slack: StandIn) -> None:
    assert await groups.groups_of(BOB, ()) == set()
    assert await slack.calls("usergroups.list") == []


async def test_a_decision_reads_anew_and_an_explanation_is_a_minute_old_at_most(
    groups: Membership, slack: StandIn, time: Time
) -> None:
    before = await groups.members(APPROVERS)
    await slack.do("usergroups", id=APPROVERS, members=[CARLA])
    remembered = await groups.members(APPROVERS)
    decided = await groups.groups_of(BOB, {APPROVERS})
    await slack.do("usergroups", id=APPROVERS, members=[ALICE])
    as_decided = await groups.members(APPROVERS)
    time.passed += KEPT
    later = await groups.members(APPROVERS)

    assert before == remembered == {BOB, CARLA}
    assert decided == set()
    assert as_decided == {CARLA}
    assert later == {ALICE}
    assert len(await slack.calls("usergroups.list")) == 3


async def test_a_clock_that_is_set_back_keeps_no_group_longer(groups: Membership, slack: StandIn, time: Time) -> None:
    await groups.members(APPROVERS)
    await slack.do("usergroups", id=APPROVERS, members=[])
    time.jump(-86_400)
    time.passed += KEPT

    assert await groups.members(APPROVERS) == set()


async def test_nobody_is_in_a_group_that_is_disabled(groups: Membership, slack: StandIn) -> None:
    await slack.do("usergroups", id=APPROVERS, disabled=True)

    assert await groups.groups_of(BOB, {APPROVERS}) == set()
    with pytest.raises(GroupDisabled) as raised:
        await groups.members(APPROVERS)
    assert raised.value.facts == {"group": APPROVERS}


async def test_a_group_that_is_not_there_is_called_so(groups: Membership) -> None:
    with pytest.raises(NoSuchGroup) as raised:
        await groups.members("S0NOWHERE")

    assert raised.value.facts == {"group": "S0NOWHERE"}


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"kind": "api_error", "error": "fatal_error"}, "fatal_error"),
        ({"kind": "rate_limited", "retry_after": 30}, "ratelimited"),
        ({"kind": "http_500"}, "internal_error"),
        ({"kind": "revoked_token"}, "token_revoked"),
        ({"kind": "drop_before"}, "ServerDisconnectedError"),
        ({"kind": "drop_after"}, "ServerDisconnectedError"),
        ({"kind": "html_body"}, None),
    ],
)
async def test_where_slack_can_not_be_asked_nothing_is_decided(
    groups: Membership, slack: StandIn, fault: dict[str, object], why: str | None
) -> None:
    await groups.members(APPROVERS)
    await slack.do("faults", method="usergroups.list", times=0, **fault)

    with pytest.raises(GroupsNotTold) as raised:
        await groups.groups_of(BOB, {APPROVERS})

    assert why in {None, raised.value.facts["why"]}


async def test_what_was_remembered_is_not_told_for_longer_because_slack_is_silent(
    groups: Membership, slack: StandIn, time: Time
) -> None:
    await groups.members(APPROVERS)
    await slack.do("faults", method="usergroups.list", times=0, kind="http_503")
    within = await groups.members(APPROVERS)
    time.passed += KEPT

    assert within == {BOB, CARLA}
    with pytest.raises(GroupsNotTold):
        await groups.members(APPROVERS)


async def test_a_scope_that_is_missing_is_named(time: Time) -> None:
    async with stand_in(time, app=POOR) as poor:
        with pytest.raises(GroupsForbidden) as raised:
            await groups_at(poor, time).groups_of(BOB, {APPROVERS})

    assert raised.value.facts == {"scope": "usergroups:read"}


async def test_a_plan_without_user_groups_is_called_so(groups: Membership, slack: StandIn) -> None:
    await slack.fault("api_error", method="usergroups.list", error="plan_upgrade_required")

    with pytest.raises(GroupsNotOffered):
        await groups.groups_of(BOB, {APPROVERS})


async def test_in_an_organisation_a_group_is_named_with_its_workspace(slack: StandIn, time: Time) -> None:
    groups = groups_at(slack, time, organisation="E0SANDBOX")

    with pytest.raises(GroupNeedsWorkspace) as raised:
        await groups.groups_of(BOB, {APPROVERS})
    within = await groups.groups_of(BOB, {f"T0SANDBOX/{APPROVERS}"})

    assert raised.value.facts == {"group": APPROVERS}
    assert within == {f"T0SANDBOX/{APPROVERS}"}
    [asked] = await slack.calls("usergroups.list")
    assert asked["args"]["team_id"] == "T0SANDBOX"


def test_every_no_is_an_expected_one() -> None:
    kinds = (GroupDisabled, GroupNeedsWorkspace, GroupsForbidden, GroupsNotOffered, GroupsNotTold, NoSuchGroup)

    assert all(issubclass(kind, Refusal) for kind in kinds)

"""Rules and rights that moved since people were asked: what was approved runs no more, and people are asked again."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import insert, null, update

from bot.domain.asks import ANYONE, Stage
from bot.domain.change import Change, Ending, Move, State
from bot.domain.policy import (
    Deny,
    LiveFact,
    OldCard,
    Rule,
    RuleChanged,
    When,
)
from bot.store import line
from bot.store.ledger import Ledger
from bot.store.tables import changes
from tests.rooms.engine.ruled import CARLA, ONE_OF_TEAM, TWO_OF_TEAM, approve, leave, policy, stages
from tests.rooms.engine.world import ALICE, BOB, OPERATION, World, world


@pytest.fixture
async def ruled(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy(TWO_OF_TEAM)) as made:
        yield made


async def test_an_approval_of_who_left_the_group_before_the_last_click_counts_no_more(ruled: World) -> None:
    change = await ruled.asked()
    await approve(ruled, change, BOB)
    await leave(ruled, CARLA.id, "U0GONE")

    after = await approve(ruled, change, CARLA)

    assert (after.state, [one.person for one in after.approvals]) == (State.PENDING, [CARLA.id])


@pytest.mark.parametrize("loss", ["group", "account", "guest"])
async def test_an_approver_who_lost_the_right_before_the_run_starts_stops_it(ledger: Ledger, loss: str) -> None:
    async with world(ledger, policy=policy(ONE_OF_TEAM)) as made:
        change = await approve(made, await made.asked())
        if loss == "group":
            await leave(made, CARLA.id)
        else:
            await made.slack.do(
                "users", id=BOB.id, **{"account": {"deleted": True}, "guest": {"is_restricted": True}}[loss]
            )

        again = await made.ran(change)

        assert (again.state, again.version, again.approvals) == (State.PENDING, 2, ())
        assert [(one.fact, one.was, one.now) for one in again.moved] == [("approvals", 1, 0)]
        assert made.calls == 0


async def test_a_run_whose_approvers_slack_does_not_tell_of_asks_again(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(ONE_OF_TEAM)) as made:
        change = await approve(made, await made.asked())
        await made.slack.fault("api_error", error="internal_error", method="users.info", times=0)

        again = await made.ran(change)

        assert (again.state, again.moved[0].fact, again.moved[0].now) == (State.PENDING, "approvals", None)
        assert made.calls == 0


async def test_a_run_waits_while_slack_is_silent_for_a_moment(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(ONE_OF_TEAM)) as made:
        change = await approve(made, await made.asked())
        await made.slack.fault("drop_before", method="users.info", times=2)

        assert (await made.ran(change)).ending is Ending.VERIFIED


async def test_rules_that_changed_between_request_and_click_renew_the_card(ruled: World) -> None:
    change = await ruled.asked()
    await approve(ruled, change, BOB)
    ruled.policy = policy(ONE_OF_TEAM)

    with pytest.raises(RuleChanged):
        await approve(ruled, change, CARLA)
    renewed = await ruled.change(change.id)
    with pytest.raises(OldCard):
        await approve(ruled, change, CARLA)

    assert (renewed.state, renewed.version, renewed.approvals) == (State.PENDING, 2, ())
    assert (await approve(ruled, renewed, CARLA)).state is State.APPROVED


async def test_rules_that_changed_after_the_approval_stop_the_run(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(ONE_OF_TEAM)) as made:
        change = await approve(made, await made.asked())
        made.policy = policy(TWO_OF_TEAM, Rule(name="first", then=TWO_OF_TEAM, when=When(operation=("probe-port",))))

        again = await made.ran(change)

        assert (again.state, again.ruled.name) == (State.PENDING, "first")
        assert ("rule", "the last", "first") in [(one.fact, one.was, one.now) for one in again.moved]
        assert made.calls == 0


async def test_a_rule_that_forbids_by_now_what_was_approved_ends_the_run(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(ONE_OF_TEAM)) as made:
        change = await approve(made, await made.asked())
        made.policy = policy(Deny(text="not during the sale"))

        ended = await made.ran(change)

        assert (ended.ending, ended.findings["text"]) == (Ending.NO_LONGER_POSSIBLE, "not during the sale")
        assert made.calls == 0


async def test_a_live_fact_chooses_the_rule_and_one_that_moved_asks_again(ledger: Ledger) -> None:
    unprobed = Rule(name="unprobed", then=ONE_OF_TEAM, when=When(facts=frozenset({LiveFact.HEALTH_CHECK_OFF})))
    rules = replace(policy(stages(Stage(approvers=(ANYONE,))), unprobed), needs_health_check=False)
    async with world(ledger, policy=rules) as made:
        change = await approve(made, await made.asked())
        assert change.ruled.name == "the last"
        made.drift_listener(custom_health_switch=0)

        again = await made.ran(change)

        assert (again.state, again.ruled.name) == (State.PENDING, "unprobed")
        assert made.calls == 0


async def asked_before_rules(made: World) -> Change:
    """Store a change as a version did that knew no rules: neither its row nor its event names one."""
    facts, at = await made.cloud.observe(OPERATION.load_balancer, OPERATION.listener), made.time.now()
    said = {"operation": OPERATION.to_json(), "facts": facts.to_json(), "reason": "because"}
    place = {"load_balancer": OPERATION.load_balancer, "target": OPERATION.target, "channel": "C0INCIDENT"}
    row = {"id": 1, "intake": await made.key(), "state": State.PENDING, "version": 1, "requester": ALICE.id}
    rest = {"verb": OPERATION.description.verb, "findings": {}, "moved": [], "created_at": at, "expires_at": at + 3600}
    async with made.ledger.writing() as book:
        await book.connection.execute(insert(changes).values(**row, **said, **place, **rest))
        await book.record(ALICE.id, "change.opened", at=at, change=1, facts=said)
        return await book.change(1)


@pytest.mark.parametrize("asked", [asked_before_rules, World.asked], ids=["asked before rules", "asked since"])
async def test_what_a_version_before_rules_approved_runs_where_one_approval_is_enough(
    v2: World, asked: Callable[[World], Awaitable[Change]]
) -> None:
    change, at = await asked(v2), v2.time.now()
    async with v2.ledger.writing() as book:
        columns = {"decided_by": BOB.id, "decided_at": at, "turn": await line.next_turn(book)}
        await book.move(change, Move.APPROVE, actor=BOB.id, at=at, columns=columns, facts={"version": 1})

    assert (await v2.ran(await v2.change(change.id))).ending is Ending.VERIFIED


async def test_what_a_version_before_rules_approved_is_asked_again_where_more_is_asked(v2: World) -> None:
    change = await v2.approved()
    async with v2.ledger.writing() as book:
        await book.connection.execute(update(changes).values(approvals=null(), rule=null()))
    v2.policy = policy(TWO_OF_TEAM)

    again = await v2.ran(await v2.change(change.id))

    assert (again.state, again.ruled.name) == (State.PENDING, "the last")
    assert v2.calls == 0


async def test_however_many_approved_one_listing_tells_whether_they_still_may(ruled: World) -> None:
    change = await ruled.asked()
    await approve(ruled, change, BOB)
    approved = await approve(ruled, change, CARLA)
    before = len(await ruled.slack.calls("usergroups.list"))

    after = await ruled.ran(approved)

    assert after.state is State.SUCCEEDED
    assert len(await ruled.slack.calls("usergroups.list")) - before == ruled.calls == 1

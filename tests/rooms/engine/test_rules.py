"""A change is decided under its rule: who counts, and that nothing runs without them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.asks import Stage
from bot.domain.change import Ending, State
from bot.domain.errors import Refusal
from bot.domain.policy import (
    AlreadyDecided,
    ApprovedAlready,
    Denied,
    Deny,
    NobodyCanApprove,
    NotAnApprover,
    NotYet,
    OldCard,
    OwnRequest,
    Person,
    Policy,
    ReasonLacks,
    TooLate,
    WrongChannel,
)
from bot.store.ledger import Ledger
from bot.store.tables import changes
from tests.rooms.engine.ruled import (
    CARLA,
    ONE_OF_TEAM,
    TEAM_THEN_LEADS,
    TWO_OF_TEAM,
    approve,
    policy,
    stages,
)
from tests.rooms.engine.world import ALICE, BEFORE, BOB, OPERATION, World, world
from tests.rooms.store.ledgers import rows


@pytest.fixture
async def ruled(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy(TWO_OF_TEAM)) as made:
        yield made


async def test_nothing_runs_before_every_approval_that_the_rule_asks_is_there(ruled: World) -> None:
    change = await ruled.asked()

    once = await approve(ruled, change, BOB)
    assert (once.state, [one.person for one in once.approvals]) == (State.PENDING, [BOB.id])
    assert await ruled.enqueued() == []
    twice = await approve(ruled, change, CARLA)

    assert (twice.state, [one.person for one in twice.approvals]) == (State.APPROVED, [BOB.id, CARLA.id])
    assert await ruled.enqueued() == [(change.id, 1)]
    assert (await ruled.ran(twice)).ending is Ending.VERIFIED


async def test_one_person_counts_once(ruled: World) -> None:
    change = await ruled.asked()
    await approve(ruled, change, BOB)

    with pytest.raises(ApprovedAlready):
        await approve(ruled, change, BOB)

    assert (await ruled.change(change.id)).state is State.PENDING


async def test_of_two_approvers_at_once_both_count_and_it_runs_once(ruled: World) -> None:
    change = await ruled.asked()
    clicks = [await ruled.click(change, person) for person in (BOB, CARLA)]

    await asyncio.gather(*(ruled.decisions().approve(click) for click in clicks))

    assert {one.person for one in (await ruled.change(change.id)).approvals} == {BOB.id, CARLA.id}
    assert await ruled.enqueued() == [(change.id, 1)]


@pytest.mark.parametrize("person", [ALICE, replace(BOB, id="U0NOBODY")], ids=["requester", "outsider"])
@pytest.mark.parametrize("door", ["approve", "reject"])
async def test_who_the_rule_does_not_name_decides_nothing(ruled: World, door: str, person: Person) -> None:
    change = await ruled.asked()
    click = await ruled.click(change, person)
    decisions = ruled.decisions()

    with pytest.raises((OwnRequest, NotAnApprover)):
        await (decisions.approve(click) if door == "approve" else decisions.reject(click, "no"))

    assert await ruled.change(change.id) == change


async def test_stages_come_one_after_the_other(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(stages(Stage(approvers=(BOB.id,)), Stage(approvers=("leads",))))) as made:
        change = await made.asked()
        with pytest.raises(NotYet):
            await approve(made, change, CARLA)
        await approve(made, change, BOB)

        assert (await approve(made, change, CARLA)).state is State.APPROVED


async def test_who_is_in_both_groups_blocks_neither(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(TEAM_THEN_LEADS)) as made:
        change = await made.asked()
        await approve(made, change, CARLA)

        assert (await approve(made, change, BOB)).state is State.APPROVED


async def test_a_requester_in_the_group_does_not_count(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(stages(Stage(approvers=("leads",))))) as made:
        change = await made.asked()
        with pytest.raises(OwnRequest):
            await approve(made, change, ALICE)

        assert (await approve(made, change, CARLA)).state is State.APPROVED


async def test_a_requester_counts_where_the_rule_says_so(ledger: Ledger) -> None:
    asks = replace(stages(Stage(approvers=("leads",))), requester_counts=True)
    async with world(ledger, policy=policy(asks)) as made:
        assert (await approve(made, await made.asked(), ALICE)).state is State.APPROVED


REFUSED: dict[str, tuple[Policy, type[Refusal]]] = {
    "denied": (policy(Deny(text="never")), Denied),
    "channel": (policy(replace(ONE_OF_TEAM, channels=("#ops-*",))), WrongChannel),
    "reason": (policy(replace(ONE_OF_TEAM, reason="CHG-[0-9]+", reason_example="CHG-1 why")), ReasonLacks),
    "nobody": (policy(stages(Stage(approvers=("team",), count=3))), NobodyCanApprove),
    "nobody else": (policy(stages(Stage(approvers=(ALICE.id,)))), NobodyCanApprove),
    "gone": (policy(stages(Stage(approvers=("U0GONE",)))), NobodyCanApprove),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_the_rules_do_not_let_pass_is_no_change(ledger: Ledger, case: str) -> None:
    rules, refusal = REFUSED[case]
    async with world(ledger, policy=rules) as made:
        with pytest.raises(refusal):
            await made.asked()

        assert await rows(ledger, changes) == []


async def test_a_channel_is_known_by_its_name(ledger: Ledger) -> None:
    async with world(ledger, policy=policy(replace(ONE_OF_TEAM, channels=("#incident-*",)))) as made:
        assert (await made.asked()).state is State.PENDING


async def test_approve_against_reject_cancel_and_expiry_leave_one_decision(ruled: World) -> None:
    for rival in ("reject", "cancel", "expire"):
        change = await ruled.asked()
        await approve(ruled, change, BOB)
        click = await ruled.click(change, CARLA)
        if rival == "expire":
            ruled.time.jump(3600.0)
        against = {
            "reject": ruled.decisions().reject(await ruled.click(change, CARLA), "no"),
            "cancel": ruled.decisions().cancel(await ruled.click(change, ALICE)),
            "expire": ruled.changes().expire_overdue(),
        }
        chosen = against.pop(rival)
        for unused in against.values():
            unused.close()

        outcomes = await asyncio.gather(ruled.decisions().approve(click), chosen, return_exceptions=True)

        after = await ruled.change(change.id)
        assert all(one is None or isinstance(one, AlreadyDecided | TooLate | OldCard) for one in outcomes)
        assert after.state in {State.APPROVED, State.REJECTED, State.CANCELLED, State.EXPIRED}
        if after.state is State.APPROVED:
            await ruled.decisions().cancel(await ruled.click(after, ALICE))


async def test_the_value_stays_where_nobody_approved(ruled: World) -> None:
    change = await ruled.asked()
    await approve(ruled, change, BOB)
    await ruled.ran(change)

    facts = await ruled.cloud.observe(OPERATION.load_balancer, OPERATION.listener)
    assert OPERATION.before(facts) == BEFORE
    assert ruled.calls == 0

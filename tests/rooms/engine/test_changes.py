"""What people may ask of a change: each counts once, and of many at once one decides."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.domain.change import Change, State
from bot.domain.errors import Refusal
from bot.domain.policy import AlreadyDecided, Guest, NotYours, OldCard, OwnRequest, Person, TooLate
from bot.engine.deciding import Decisions
from bot.store import outbox
from bot.store.book import NoSuchChange
from bot.store.outbox import Purpose
from bot.store.tables import changes as changes_table
from tests.rooms.engine.world import ALICE, BOB, World
from tests.rooms.store.ledgers import kinds
from tests.unit.slack.making import OPERATION as ELSEWHERE

VM = replace(ELSEWHERE, host="10.20.3.17")
UNCHECKED = replace(ELSEWHERE, listener="lbl-2q4w6e8r", host="cpm-7h3j5k9l", port=2121)
DECISIONS = {"change.approve", "change.reject", "change.cancel", "change.expire"}


async def test_an_approval_decides_enqueues_and_renews_the_card(v2: World) -> None:
    change = await v2.asked()
    v2.time.passed += 30

    await v2.decisions().approve(await v2.click(change))

    approved = await v2.change(change.id)
    assert (approved.state, approved.decided_by, approved.decided_at) == (State.APPROVED, "U0BOB", v2.time.now())
    assert await v2.enqueued() == [(1, 1)]
    assert await v2.purposes() == {"card": 2}


async def test_the_same_click_counts_once(v2: World) -> None:
    change = await v2.asked()
    click = await v2.click(change)

    for _ in range(2):
        await v2.decisions().approve(click)

    assert await v2.enqueued() == [(1, 1)]
    assert (await kinds(v2.ledger)).count("change.approve") == 1


async def test_a_rejection_carries_its_note_to_the_thread_and_enqueues_nothing(v2: World) -> None:
    change = await v2.asked()

    await v2.decisions().reject(await v2.click(change), "not tonight <!here>")

    rejected = await v2.change(change.id)
    assert (rejected.state, rejected.note) == (State.REJECTED, "not tonight <!here>")
    assert await v2.purposes() == {"card": 2, "result": 1}
    assert await v2.enqueued() == []


async def test_the_requester_takes_a_change_back_before_it_starts_and_is_named(v2: World) -> None:
    change = await v2.approved()
    v2.time.passed += 5

    await v2.decisions().cancel(await v2.click(change, ALICE))

    with pytest.raises(AlreadyDecided) as raised:
        await v2.decisions().approve(await v2.click(change))
    assert raised.value.facts == {
        "change": "CR-1", "state": State.CANCELLED, "by": "U0ALICE", "at": v2.time.now(),
    }  # fmt: skip


async def test_who_approved_what_is_taken_back_then_is_told_and_of_a_pending_one_nobody(v2: World) -> None:
    first = await v2.asked()
    await v2.decisions().cancel(await v2.click(first, ALICE))
    pending = await v2.purposes()
    second = await v2.approved()
    await v2.decisions().cancel(await v2.click(second, ALICE))

    async with v2.ledger.reading() as book:
        told = await outbox.body(book, second.id, Purpose.RESULT)
    assert pending == {"card": 2}
    assert told is not None
    assert {name: value for name, value in told.items() if name != "head"} == {"approvers": ["U0BOB"]}


@pytest.mark.parametrize("person", [BOB, replace(BOB, id="U0CARLA")])
async def test_nobody_else_takes_it_back(v2: World, person: Person) -> None:
    change = await v2.asked()

    with pytest.raises(NotYours) as raised:
        await v2.decisions().cancel(await v2.click(change, person))

    assert raised.value.facts == {"change": "CR-1", "requester": "U0ALICE"}
    assert (await v2.change(change.id)).state is State.PENDING


async def test_a_change_that_runs_can_not_be_taken_back(v2: World) -> None:
    change = await v2.approved()
    await v2.started(change)

    with pytest.raises(AlreadyDecided):
        await v2.decisions().cancel(await v2.click(change, ALICE))


@pytest.mark.parametrize(
    ("person", "refusal"), [(ALICE, OwnRequest), (replace(BOB, guest=True), Guest)], ids=["requester", "guest"]
)
@pytest.mark.parametrize("door", ["approve", "reject", "may_reject"])
async def test_who_may_not_decide_changes_nothing(v2: World, door: str, person: Person, refusal: type[Refusal]) -> None:
    change = await v2.asked()
    click = await v2.click(change, person)
    doors: dict[str, Callable[[Decisions], Awaitable[object]]] = {
        "approve": lambda decisions: decisions.approve(click),
        "reject": lambda decisions: decisions.reject(click, "no"),
        "may_reject": lambda decisions: decisions.may_reject(click),
    }

    with pytest.raises(refusal):
        await doors[door](v2.decisions())

    assert await v2.change(change.id) == change
    assert await v2.unanswered() == 1  # so that its answer still finishes it


async def test_a_click_on_an_old_card_or_too_late_or_on_nothing_is_refused(v2: World) -> None:
    change = await v2.asked()
    old = replace(await v2.click(change), version=2)
    nothing = replace(await v2.click(change), change=99)

    with pytest.raises(OldCard):
        await v2.decisions().approve(old)
    with pytest.raises(NoSuchChange):
        await v2.decisions().approve(nothing)
    v2.time.passed += 3600
    with pytest.raises(TooLate):
        await v2.decisions().approve(await v2.click(change))


async def test_a_form_is_worth_opening_where_a_rejection_would_pass(v2: World) -> None:
    change = await v2.asked()

    assert await v2.decisions().may_reject(await v2.click(change)) == change


async def test_of_many_decisions_at_once_exactly_one_counts(v2: World) -> None:
    change = await v2.asked()
    decisions = v2.decisions()
    clicks = [await v2.click(change, replace(BOB, id=f"U0{number}")) for number in range(8)]

    outcomes = await asyncio.gather(
        *(decisions.approve(click) for click in clicks[:4]),
        *(decisions.reject(click, "no") for click in clicks[4:]),
        return_exceptions=True,
    )

    recorded = [kind for kind in await kinds(v2.ledger) if kind in DECISIONS]
    assert len(recorded) == 1
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 7
    assert len(await v2.enqueued()) == (recorded == ["change.approve"])


async def test_taking_back_and_approving_at_once_never_lets_a_cancelled_change_run(v2: World) -> None:
    change = await v2.asked()
    theirs, mine = await v2.click(change), await v2.click(change, ALICE)

    await asyncio.gather(v2.decisions().approve(theirs), v2.decisions().cancel(mine), return_exceptions=True)

    recorded = [kind for kind in await kinds(v2.ledger) if kind in DECISIONS]
    assert recorded in (["change.cancel"], ["change.approve", "change.cancel"])
    assert (await v2.ran(change)).state is State.CANCELLED
    assert v2.calls == 0


@pytest.mark.parametrize("sweeps", [1, 5])
async def test_what_nobody_decided_in_time_expires_once(v2: World, sweeps: int) -> None:
    change = await v2.asked()
    later = await v2.asked(ELSEWHERE)
    v2.time.passed = change.expires_at - v2.time.now()
    await _again_later(v2, later)

    await asyncio.gather(*(v2.changes().expire_overdue() for _ in range(sweeps)))

    assert (await v2.change(change.id)).state is State.EXPIRED
    assert (await v2.change(later.id)).state is State.PENDING
    assert (await kinds(v2.ledger)).count("change.expire") == 1


async def _again_later(made: World, change: Change) -> None:
    """Give ``change`` more time."""
    async with made.ledger.writing() as book:
        await book.connection.execute(
            changes_table.update().where(changes_table.c.id == change.id).values(expires_at=change.expires_at + 1)
        )


async def test_an_approval_in_the_last_moment_and_the_sweep_do_not_both_decide(v2: World) -> None:
    change = await v2.asked()
    v2.time.passed = 3600.0
    click = await v2.click(change)

    outcomes = await asyncio.gather(
        v2.decisions().approve(click), v2.changes().expire_overdue(), return_exceptions=True
    )

    assert isinstance(outcomes[0], TooLate)
    assert [kind for kind in await kinds(v2.ledger) if kind in DECISIONS] == ["change.expire"]


async def test_what_was_approved_does_not_expire(v2: World) -> None:
    change = await v2.approved()
    v2.time.passed += 1e6

    await v2.changes().expire_overdue()

    assert (await v2.change(change.id)).state is State.APPROVED

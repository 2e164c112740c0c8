"""Changes in the ledger: opened once, moved by the table, each move with its event."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.change import MOVES, OPEN, Change, Ending, IllegalMove, Move, Moved, State
from bot.domain.operation import SetProbePort
from bot.store import outbox
from bot.store.book import SYSTEM, AlreadyOpen, BalancerBusy, Book, NoSuchChange
from bot.store.intake import take_in
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.rows import moved_to_json
from bot.store.tables import changes, events
from tests.rooms.store.ledgers import ELSEWHERE, FAR, asked, kinds, opened_change, rows, taken
from tests.unit.slack.making import NOW, OPERATION

# How to get to each state from a new change.
WAY: dict[State, tuple[Move, ...]] = {
    State.PENDING: (),
    State.APPROVED: (Move.APPROVE,),
    State.REJECTED: (Move.REJECT,),
    State.CANCELLED: (Move.CANCEL,),
    State.EXPIRED: (Move.EXPIRE,),
    State.RUNNING: (Move.APPROVE, Move.START),
    State.SUCCEEDED: (Move.APPROVE, Move.START, Move.SUCCEED),
    State.FAILED: (Move.APPROVE, Move.START, Move.FAIL),
    State.UNKNOWN: (Move.APPROVE, Move.START, Move.LOSE_TRACK),
}


async def at_state(book: Book, state: State, operation: SetProbePort = OPERATION, *, key: str = "k1") -> Change:
    change = await opened_change(book, operation, key=key)
    for move in WAY[state]:
        change = await book.move(change, move, actor=SYSTEM, at=NOW)
    return change


async def test_a_new_change_is_what_was_asked_with_its_event(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
    async with ledger.reading() as book:
        again = await book.change(change.id)

    assert again == change
    assert (change.name, change.state, change.version) == ("CR-1", State.PENDING, 1)
    assert (change.operation, change.facts, change.reason) == (OPERATION, asked().facts, asked().reason)
    event = (await rows(ledger, events))[-1]
    assert (event["kind"], event["actor"], event["change"], event["at"]) == ("change.opened", "U0ALICE", 1, NOW)
    assert event["facts"]["operation"] == OPERATION.to_json()


@pytest.mark.parametrize("state", State)
async def test_a_backend_takes_another_change_exactly_where_none_is_open(ledger: Ledger, state: State) -> None:
    async with ledger.writing() as book:
        await at_state(book, state)
    refused = None
    try:
        async with ledger.writing() as book:
            await opened_change(book, key="k2")
    except AlreadyOpen as no:
        refused = no.facts

    assert refused == ({"change": "CR-1", "state": state, "requester": "U0ALICE"} if state in OPEN else None)
    assert len(await rows(ledger, changes)) == (1 if state in OPEN else 2)


async def test_another_backend_may_have_its_own_open_change(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        names = [(await opened_change(book, one, key=one.host)).name for one in (OPERATION, ELSEWHERE, FAR)]

    assert names == ["CR-1", "CR-2", "CR-3"]


async def test_one_intake_opens_one_change(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await opened_change(book)

    with pytest.raises(IntegrityError):
        async with ledger.writing() as book:
            await book.open_change(asked(ELSEWHERE), key="k1")


async def test_a_change_that_is_not_there_is_named(ledger: Ledger) -> None:
    with pytest.raises(NoSuchChange) as raised:
        async with ledger.reading() as book:
            await book.change(5)

    assert raised.value.facts == {"change": "CR-5"}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
async def test_a_move_goes_where_the_table_says_or_nowhere(ledger: Ledger, state: State, move: Move) -> None:
    async with ledger.writing() as book:
        change = await at_state(book, state)
        before = await kinds_in(book)
        expected = MOVES[state].get(move)
        if expected is None:
            with pytest.raises(IllegalMove):
                await book.move(change, move, actor="U0BOB", at=NOW)
            expected, recorded = state, []
        else:
            await book.move(change, move, actor="U0BOB", at=NOW, facts={"why": "x"})
            recorded = [f"change.{move}"]

        assert (await book.change(change.id)).state is expected
        assert (await kinds_in(book))[len(before) :] == recorded


async def kinds_in(book: Book) -> list[str]:
    found = await book.connection.execute(events.select().order_by(events.c.id))
    return [row.kind for row in found]


async def test_a_move_and_its_event_fall_together(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
    with pytest.raises(ZeroDivisionError):
        async with ledger.writing() as book:
            await outbox.want(
                book, await book.move(change, Move.APPROVE, actor="U0BOB", at=NOW), Purpose.CARD, at=1 / 0
            )

    async with ledger.reading() as book:
        assert await book.change(change.id) == change
    assert await kinds(ledger) == ["received.command", "change.opened"]


async def test_a_move_from_a_stale_reading_changes_nothing(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await book.move(change, Move.APPROVE, actor="U0BOB", at=NOW)

        with pytest.raises(NoSuchChange):
            await book.move(change, Move.REJECT, actor="U0CARLA", at=NOW)
        assert (await book.change(change.id)).state is State.APPROVED


async def test_a_second_run_on_a_balancer_is_busy_and_the_transaction_goes_on(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await at_state(book, State.RUNNING)
        second = await at_state(book, State.APPROVED, ELSEWHERE, key="k2")
        with pytest.raises(BalancerBusy) as raised:
            await book.move(second, Move.START, actor=SYSTEM, at=NOW, columns={"started_at": NOW})
        await outbox.want(book, second, Purpose.PROGRESS, at=NOW, body={"step": "waiting"})

    async with ledger.reading() as book:
        assert raised.value.holder == 1
        assert await book.change(second.id) == second
        assert await outbox.body(book, second.id, Purpose.PROGRESS) == {"step": "waiting"}


async def test_two_balancers_run_at_once_and_an_ended_run_frees_its_own(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await at_state(book, State.RUNNING)
        await at_state(book, State.RUNNING, FAR, key="k2")
        first = await book.change(1)
        await book.move(first, Move.LOSE_TRACK, actor=SYSTEM, at=NOW)
        third = await at_state(book, State.RUNNING, ELSEWHERE, key="k3")

    assert third.state is State.RUNNING


async def test_what_a_move_sets_is_read_back(ledger: Ledger) -> None:
    moved = (Moved(fact="probe_port", was=8080, now=-1), Moved(fact="bound", was=True, now=False))
    columns: dict[str, Any] = {
        "version": 2, "decided_by": "U0BOB", "decided_at": NOW + 1, "note": "no <!here>", "started_at": NOW + 2,
        "ended_at": NOW + 3, "ending": Ending.REFUSED, "findings": {"code": "-21001"}, "moved": moved_to_json(moved),
    }  # fmt: skip

    async with ledger.writing() as book:
        change = await opened_change(book)
        changed = await book.move(change, Move.REJECT, actor="U0BOB", at=NOW, columns=columns)

    assert changed == replace(change, state=State.REJECTED, **{**columns, "moved": moved})


async def test_changes_are_found_by_state_and_by_the_time_that_is_up(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        first = await at_state(book, State.PENDING)
        await at_state(book, State.RUNNING, ELSEWHERE, key="k2")
        await at_state(book, State.PENDING, FAR, key="k3")

        assert [c.id for c in await book.find(State.PENDING)] == [1, 3]
        assert [c.id for c in await book.find(State.PENDING, State.RUNNING)] == [1, 2, 3]
        assert [c.id for c in await book.find(State.PENDING, expired_at=first.expires_at)] == [1, 3]
        assert await book.find(State.PENDING, expired_at=first.expires_at - 0.001) == []
        assert await book.count() == {"PENDING": 2, "RUNNING": 1}


async def test_what_an_older_version_approved_without_a_turn_goes_first(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        for key, operation, turn in (("k1", OPERATION, 2), ("k2", ELSEWHERE, None), ("k3", FAR, 1)):
            change = await opened_change(book, operation, key=key)
            await book.move(change, Move.APPROVE, actor="U0BOB", at=NOW, columns={"turn": turn})

        assert [c.id for c in await book.find(State.APPROVED, in_turn=True)] == [2, 3, 1]


async def test_findings_add_up(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await book.set_findings(change.id, {"health": "Alive", "watched": 12})
        await book.set_findings(change.id, {"health": "Dead"})

        assert (await book.change(change.id)).findings == {"health": "Dead", "watched": 12}


async def test_a_change_number_that_was_rolled_back_may_come_again_but_no_stored_one(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        first = await opened_change(book)
        await book.move(first, Move.REJECT, actor="U0BOB", at=NOW)
    async with ledger.writing() as book:
        await take_in(book, taken("k2"))
        second = await book.open_change(asked(), key="k2")

    assert (first.name, second.name) == ("CR-1", "CR-2")

"""Transactions on a real database of each kind."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.change import Change, Move, State
from bot.domain.errors import Refusal
from bot.store import outbox
from bot.store.book import AlreadyOpen
from bot.store.intake import take_in
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.tables import changes, events, intake, posts
from tests.rooms.store.ledgers import kinds, opened, opened_change, rows, taken
from tests.unit.slack.making import NOW

AT_ONCE = 20


async def test_a_block_that_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    async def failing() -> None:
        async with ledger.writing() as book:
            change = await opened_change(book)
            await outbox.want(book, change, Purpose.CARD, at=NOW)
            raise Refusal(change=change.name)

    with pytest.raises(Refusal):
        await failing()

    assert [await rows(ledger, table) for table in (intake, changes, posts, events)] == [[], [], [], []]


async def test_a_commit_rings_the_bell_and_a_failure_does_not(ledger: Ledger) -> None:
    async def failing() -> None:
        async with ledger.writing() as book:
            await take_in(book, taken())
            raise Refusal

    with pytest.raises(Refusal):
        await failing()
    silent = ledger.bell.is_set()
    async with ledger.writing() as book:
        await take_in(book, taken())

    assert (silent, ledger.bell.is_set()) == (False, True)


async def test_a_reading_transaction_sees_one_moment(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)

    async with ledger.reading() as looking:
        before = await looking.change(change.id)
        async with ledger.writing() as book:
            await book.move(change, Move.APPROVE, actor="U0BOB", at=NOW)
        after = await looking.change(change.id)

    assert before == after
    assert (await _change(ledger, change.id)).state is State.APPROVED


async def _change(ledger: Ledger, number: int) -> Change:
    async with ledger.reading() as book:
        return await book.change(number)


async def test_no_update_is_lost_when_two_ledgers_write_at_once(url: str) -> None:
    async with opened(url) as one, opened(url) as other:
        async with one.writing() as book:
            change = await opened_change(book)
            await outbox.want(book, change, Purpose.CARD, at=NOW)

        async def again(ledger: Ledger) -> None:
            async with ledger.writing() as book:
                known = await book.change(change.id)
                await book.set_findings(change.id, {"seen": known.findings.get("seen", 0) + 1})
                await outbox.want(book, change, Purpose.CARD, at=NOW)

        await asyncio.gather(*(again(ledger) for ledger in (one, other) for _ in range(AT_ONCE)))

        async with one.reading() as book:
            assert (await book.change(change.id)).findings == {"seen": 2 * AT_ONCE}
        assert [row["wanted"] for row in await rows(one, posts)] == [1 + 2 * AT_ONCE]


async def test_of_many_who_open_the_same_at_once_one_does(url: str) -> None:
    async with opened(url) as one, opened(url) as other:

        async def opening(ledger: Ledger, number: int) -> str:
            try:
                async with ledger.writing() as book:
                    return (await opened_change(book, key=f"k{number}")).name
            except AlreadyOpen as no:
                return str(no.facts["change"])

        names = await asyncio.gather(
            *(opening(ledger, number) for number, ledger in enumerate([one, other] * (AT_ONCE // 2)))
        )

        assert set(names) == {"CR-1"}
        assert len(await rows(one, changes)) == 1
        assert await kinds(one) == ["received.command", "change.opened"]


async def test_work_can_be_done_on_the_transaction_s_own_connection(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await take_in(book, taken())
        found = await book.run_sync(lambda connection: connection.exec_driver_sql("SELECT key FROM intake").scalar())

    assert found == "k1"


async def test_facts_of_an_event_become_plain_data(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await book.record("U0ALICE", "odd", at=NOW, facts={"path": Path("a"), "state": State.PENDING, "none": None})

    assert (await rows(ledger, events))[0]["facts"] == {"path": "a", "state": "PENDING", "none": None}


async def test_a_row_that_refers_to_nothing_is_a_fault_of_ours_and_not_stored(ledger: Ledger) -> None:
    with pytest.raises(IntegrityError):
        async with ledger.writing() as book:
            await book.record("U0ALICE", "orphan", at=NOW, change=99)

    assert await rows(ledger, events) == []

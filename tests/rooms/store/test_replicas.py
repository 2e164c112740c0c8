"""Who may write: a replica that was buried may not, whatever it wakes up to do."""

import pytest

from bot.store import replicas
from bot.store.intake import take_in
from bot.store.ledger import Fenced, Ledger
from bot.store.replicas import Replica
from bot.store.tables import intake
from tests.rooms.store.ledgers import kinds, opened, rows, taken
from tests.unit.slack.making import NOW


async def test_those_that_live_are_known_the_oldest_first(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        for name in ("one", "two", "three"):
            await replicas.join(book, name, at=NOW)
        await replicas.beat(book, "two")
        await replicas.bury(book, {"one"}, at=NOW)
        living = await replicas.living(book)

    assert [(one.id, one.beats) for one in living] == [("two", 1), ("three", 0)]
    assert living == sorted(living, key=lambda one: one.number)
    assert isinstance(living[0], Replica)
    assert await kinds(ledger) == ["replica.joined"] * 3 + ["replica.buried"]


async def test_nobody_to_bury_is_nothing_to_record(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await replicas.bury(book, set(), at=NOW)

    assert await kinds(ledger) == []


async def test_a_buried_replica_writes_nothing_more_and_others_go_on(ledger: Ledger, url: str) -> None:
    await ledger.enlist("sleeper", at=NOW)
    async with opened(url) as other:
        await other.enlist("waker", at=NOW)
        async with other.writing() as book:
            await replicas.bury(book, {"sleeper"}, at=NOW)

        with pytest.raises(Fenced):
            async with ledger.writing() as book:
                await take_in(book, taken())
        async with other.writing() as book:
            await take_in(book, taken("k2"))

    assert [row["key"] for row in await rows(ledger, intake)] == ["k2"]


async def test_what_even_a_buried_replica_must_tell_is_written(ledger: Ledger) -> None:
    await ledger.enlist("sleeper", at=NOW)
    async with ledger.writing() as book:
        await replicas.bury(book, {"sleeper"}, at=NOW)

    async with ledger.writing(fenced=False) as book:
        await take_in(book, taken())

    assert len(await rows(ledger, intake)) == 1


async def test_a_replica_buried_between_two_of_its_transactions_is_stopped_at_the_second(ledger: Ledger) -> None:
    await ledger.enlist("sleeper", at=NOW)
    async with ledger.writing() as book:
        await take_in(book, taken())
    async with ledger.writing() as book:
        await replicas.bury(book, {"sleeper"}, at=NOW)

    with pytest.raises(Fenced):
        async with ledger.writing():
            pass

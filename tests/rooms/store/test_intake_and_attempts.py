"""What counts once: an interaction, and a modify call."""

import asyncio

from bot.store import attempts
from bot.store.attempts import Answer, Attempt
from bot.store.intake import finish, orphans, take_in
from bot.store.ledger import Ledger
from bot.store.tables import attempts as attempts_table
from bot.store.tables import events, intake
from tests.rooms.store.ledgers import kinds, opened_change, rows, taken
from tests.unit.slack.making import NOW


async def test_the_same_interaction_is_taken_in_once(ledger: Ledger) -> None:
    firsts = []
    for text in ("one", "two"):
        async with ledger.writing() as book:
            firsts.append(await take_in(book, taken(text=text)))

    assert firsts == [True, False]
    assert [row["body"]["text"] for row in await rows(ledger, intake)] == ["one"]
    assert [(e["kind"], e["actor"]) for e in await rows(ledger, events)] == [("received.command", "U0ALICE")]


async def test_the_same_interaction_on_many_connections_at_once_is_taken_in_once(ledger: Ledger) -> None:
    async def taking() -> bool:
        async with ledger.writing() as book:
            return await take_in(book, taken())

    firsts = await asyncio.gather(*(taking() for _ in range(20)))

    assert sorted(firsts) == [False] * 19 + [True]


async def test_what_is_not_answered_is_found_oldest_first(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        for key, at in (("late", NOW + 2), ("early", NOW), ("middle", NOW + 1)):
            await take_in(book, taken(key, at=at))
        await finish(book, "middle", at=NOW + 3)

        found = await orphans(book, None, in_hand=())

    assert [one.key for one in found] == ["early", "late"]
    assert found[0] == taken("early")


async def test_an_interaction_is_answered_once(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        await take_in(book, taken())
        done = [await finish(book, key, at=NOW) for key in ("k1", "k1", "nobody's")]

    assert done == [True, False, False]


async def test_an_attempt_is_marked_once_and_recorded(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        marks = [await attempts.mark(book, change.id, number, at=NOW, evidence={}) for number in (1, 1, 2)]

    assert marks == [True, False, True]
    assert (await kinds(ledger))[-2:] == ["call.about_to", "call.about_to"]


async def test_of_many_who_mark_at_once_one_may_call(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)

    async def marking() -> bool:
        async with ledger.writing() as book:
            return await attempts.mark(book, change.id, 1, at=NOW, evidence={})

    marks = await asyncio.gather(*(marking() for _ in range(20)))

    assert sorted(marks) == [False] * 19 + [True]
    assert len(await rows(ledger, attempts_table)) == 1


async def test_a_marked_attempt_is_unanswered_until_its_answer_is_stored(ledger: Ledger) -> None:
    answer = Attempt(number=1, called_at=NOW, answer=Answer.ACCEPTED, task="2385730", request_id="r-1")
    async with ledger.writing() as book:
        change = await opened_change(book)
        await attempts.mark(book, change.id, 1, at=NOW, evidence={})
        marked = await attempts.made(book, change.id)
        await attempts.answered(book, change.id, answer, at=NOW + 1)
        stored = await attempts.made(book, change.id)

    assert marked == [Attempt(number=1, called_at=NOW, answer=Answer.UNANSWERED)]
    assert stored == [answer]
    assert (await rows(ledger, events))[-1]["facts"] == {
        "attempt": 1, "answer": "accepted", "task": "2385730", "request_id": "r-1", "code": "",
    }  # fmt: skip


async def test_an_answer_stored_again_after_a_commit_in_doubt_is_stored_and_recorded_once(ledger: Ledger) -> None:
    answer = Attempt(number=1, called_at=NOW, answer=Answer.ACCEPTED, task="2385730", request_id="r-1")
    async with ledger.writing() as book:
        change = await opened_change(book)
        await attempts.mark(book, change.id, 1, at=NOW, evidence={})
    for later in (1, 2):
        async with ledger.writing() as book:
            await attempts.answered(book, change.id, answer, at=NOW + later)

    [row] = await rows(ledger, attempts_table)
    assert row["answered_at"] == NOW + 1
    assert (await kinds(ledger)).count("call.answered") == 1


async def test_attempts_come_in_their_order(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        for number in (2, 1, 3):
            await attempts.mark(book, change.id, number, at=NOW, evidence={})

        assert [one.number for one in await attempts.made(book, change.id)] == [1, 2, 3]
        assert await attempts.made(book, change.id + 1) == []

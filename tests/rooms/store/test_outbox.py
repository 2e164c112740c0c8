"""What Slack shall show, as rows."""

from typing import Any

from bot.store import anew, outbox
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.outbox import PROGRESS_CALM, Post, Purpose
from bot.store.tables import events, posts
from tests.rooms.store.ledgers import FAR, kinds, opened_change, rows
from tests.unit.slack.making import NOW


async def due(book: Book, *, now: float = NOW, most: int = 50) -> list[Post]:
    return await outbox.due(book, now=now, most=most)


async def row(ledger: Ledger) -> dict[str, Any]:
    return (await rows(ledger, posts))[0]


async def test_many_wants_are_one_row_that_is_due_once(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        for number in range(5):
            await outbox.want(book, change, Purpose.PROGRESS, at=NOW, body={"step": str(number)})
        found = await due(book)
        await outbox.delivered(book, found[0], ts="1.1", at=NOW)
        left = await due(book)

    assert [(post.purpose, post.body, post.wanted) for post in found] == [("progress", {"step": "4"}, 5)]
    assert left == []


async def test_what_changed_while_it_was_delivered_stays_due(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        await outbox.delivered(book, post, ts="1.1", at=NOW)
        [again] = await due(book)
        await outbox.delivered(book, again, ts="1.1", at=NOW)

        assert (again.wanted, again.ts) == (2, "1.1")
        assert await due(book) == []
    assert (await kinds(ledger))[-2:] == ["post.sent", "post.edited"]


async def test_a_want_without_a_body_keeps_the_last_one(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.PROGRESS, at=NOW, body={"step": "calling"})
        await outbox.want(book, change, Purpose.PROGRESS, at=NOW)

        assert await outbox.body(book, change.id, Purpose.PROGRESS) == {"step": "calling"}
        assert await outbox.body(book, change.id, Purpose.RESULT) is None


async def test_purposes_and_changes_do_not_mix(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        first, second = await opened_change(book), await opened_change(book, FAR, key="k2")
        for change, purpose in ((first, Purpose.CARD), (second, Purpose.CARD), (first, Purpose.RESULT)):
            await outbox.want(book, change, purpose, at=NOW)
        found = await due(book)
        await outbox.delivered(book, found[1], ts="2.2", at=NOW)

        assert [(post.change, post.purpose) for post in found] == [(1, "card"), (2, "card"), (1, "result")]
        assert [await outbox.card_ts(book, one.id) for one in (first, second)] == [None, "2.2"]


async def test_what_is_put_off_is_due_later_and_counted(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await outbox.put_off(book, post, wait=30, at=NOW)

        assert await due(book, now=NOW + 29.9) == []
        assert [post.attempts for post in await due(book, now=NOW + 30)] == [1]


async def test_a_delivery_forgets_the_failures_before_it(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await outbox.sending(book, post, at=NOW)
        await outbox.put_off(book, post, wait=1, at=NOW)
        [post] = await due(book, now=NOW + 1)
        await outbox.delivered(book, post, ts="1.1", at=NOW + 2)

    stored = await row(ledger)
    assert (post.sending_at, post.attempts) == (NOW, 1)
    assert (stored["sending_at"], stored["attempts"], stored["ts"]) == (None, 0, "1.1")


async def test_the_progress_line_is_edited_calmly_and_the_card_at_once(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        for purpose in (Purpose.CARD, Purpose.PROGRESS):
            await outbox.want(book, change, purpose, at=NOW)
        for post in await due(book):
            await outbox.delivered(book, post, ts="1.1", at=NOW)
        for purpose in (Purpose.CARD, Purpose.PROGRESS):
            await outbox.want(book, change, purpose, at=NOW)

        assert [post.purpose for post in await due(book, now=NOW + PROGRESS_CALM - 0.001)] == ["card"]
        assert [post.purpose for post in await due(book, now=NOW + PROGRESS_CALM)] == ["card", "progress"]


async def test_what_is_given_up_is_not_due_while_nothing_new_is_wanted_and_says_why(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await outbox.give_up(book, post, why="is_archived", at=NOW)

        assert await due(book, now=NOW + 1e6) == []
    assert (await rows(ledger, events))[-1]["facts"] == {"purpose": "card", "why": "is_archived"}


async def test_a_message_that_is_gone_is_due_as_a_new_one(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await outbox.delivered(book, post, ts="1.1", at=NOW)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await anew.post_anew(book, post, why="message_not_found", at=NOW)
        [again] = await due(book)

        assert (again.ts, again.sending_at) == (None, None)
        assert await outbox.card_ts(book, change.id) is None
    assert (await kinds(ledger))[-1] == "post.lost"


async def test_an_answer_is_for_one_person_and_recorded(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        for key in ("k1", "k2"):
            await outbox.answer(book, key=key, channel="C1", user="U0ALICE", body={"text": "no"}, at=NOW)
        found = await due(book)

    assert [(p.change, p.purpose, p.user, p.channel, p.body) for p in found] == [
        (None, "answer:k1", "U0ALICE", "C1", {"text": "no"}),
        (None, "answer:k2", "U0ALICE", "C1", {"text": "no"}),
    ]
    assert (await rows(ledger, events))[-1]["facts"] == {"to": "U0ALICE", "text": "no"}


async def test_no_more_than_asked_for_are_due_at_once_the_oldest_first(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        for number in range(5):
            await outbox.answer(book, key=str(number), channel="C1", user="U0", body={"text": "x"}, at=NOW)

        assert [post.purpose for post in await due(book, most=3)] == ["answer:0", "answer:1", "answer:2"]


async def test_of_two_messages_the_one_that_is_noted_first_stands(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        mine = await outbox.delivered(book, post, ts="1.1", at=NOW)
        theirs = await outbox.delivered(book, post, ts="2.2", at=NOW)
        claimed = await anew.again(book, post, ts="2.2")
        [again] = await due(book)

    assert (mine, theirs, claimed) == ("1.1", "1.1", "1.1")
    assert (again.ts, again.wanted, again.delivered) == ("1.1", 2, 1)
    assert (await kinds(ledger)).count("post.sent") == 1


async def test_what_is_noted_twice_is_recorded_once(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        noted = [await outbox.delivered(book, post, ts="1.1", at=NOW) for _ in range(2)]

        assert await due(book) == []
    assert noted == ["1.1", "1.1"]
    assert (await kinds(ledger)).count("post.sent") == 1


async def test_an_edit_of_what_was_found_gone_meanwhile_is_not_noted(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        await outbox.delivered(book, post, ts="1.1", at=NOW)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [edited] = await due(book)
        await anew.card_is_gone(book, change.id, ts="1.1", why="message_not_found", at=NOW)
        stands = [await outbox.delivered(book, edited, ts="1.1", at=NOW), await anew.again(book, edited, ts="1.1")]
        [again] = await due(book)

    assert stands == [None, None]
    assert again.ts is None


async def test_one_that_nobody_noted_is_claimed_and_stays_due(ledger: Ledger) -> None:
    async with ledger.writing() as book:
        change = await opened_change(book)
        await outbox.want(book, change, Purpose.CARD, at=NOW)
        [post] = await due(book)
        claimed = await anew.again(book, post, ts="1.1")
        [again] = await due(book)

    assert claimed == "1.1"
    assert (again.ts, again.wanted, again.delivered) == ("1.1", 2, 0)

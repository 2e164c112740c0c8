"""The review of an emergency: signed once, by somebody else, when it is over; it waits until then."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, update

from bot.domain.change import Change, State
from bot.domain.errors import NotTold, Refusal
from bot.domain.policy import (
    Guest,
    NoReview,
    NotAReviewer,
    OwnEmergency,
    Person,
    ReviewSigned,
    ReviewTooEarly,
)
from bot.engine.durable import Durable
from bot.engine.reviewing import Reviewing
from bot.store import outbox
from bot.store import reviews as store
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.tables import events, posts, reviews
from bot.store.verify import verify
from tests.rooms.engine.cleaned import KEEP, cleaning
from tests.rooms.engine.glass import GLASS, broken, policy
from tests.rooms.engine.ruled import CARLA
from tests.rooms.engine.world import ALICE, BOB, World, world
from tests.rooms.store.ledgers import rows

NOTE = "it was right; the rule was too strict"


@pytest.fixture
async def made(ledger: Ledger) -> AsyncIterator[World]:
    async with world(ledger, policy=policy()) as made:
        yield made


async def sign(made: World, change: Change, by: Person = BOB, key: str = "") -> list[Change]:
    """Let ``by`` sign the review of ``change``; return what they are told of."""
    told: list[Change] = []

    async def tell(_book: Book, signed: Change) -> None:
        told.append(signed)

    reviewing = Reviewing(made.ledger, made.time, made.ruling())
    await reviewing.sign(change.id, by, NOTE, key=key or await made.key(), tell=tell)
    return told


async def ended(made: World) -> Change:
    return await made.ran(await broken(made))


async def test_a_review_is_signed_by_somebody_else_and_is_in_the_record(made: World) -> None:
    change = await ended(made)
    made.time.passed += 60.0
    [told] = await sign(made, change)

    signed = await made.change(change.id)
    assert told == signed
    assert signed.review is not None
    assert (signed.review.signed_by, signed.review.signed_at, signed.review.note) == (BOB.id, made.time.now(), NOTE)
    [event] = [row for row in await rows(made.ledger, events) if row["kind"] == "review.signed"]
    assert (event["actor"], event["change"], event["facts"]) == (BOB.id, change.id, {"note": NOTE})
    [post] = [row for row in await rows(made.ledger, posts) if row["purpose"] == "review"]
    assert post["body"] == {"by": BOB.id, "note": NOTE}
    async with made.ledger.reading() as book:
        assert (await store.standing(book), await store.unsigned(book)) == ((0, None), [])


async def test_the_same_signature_counts_once(made: World) -> None:
    change, key = await ended(made), await made.key()

    told = [await sign(made, change, key=key) for _ in range(2)]

    assert [len(one) for one in told] == [1, 0]
    with pytest.raises(ReviewSigned) as raised:
        await sign(made, change, CARLA)
    assert raised.value.facts == {"change": "CR-1", "by": BOB.id, "at": made.time.now()}


async def test_of_two_who_sign_at_once_one_does(made: World) -> None:
    change = await ended(made)

    came = await asyncio.gather(sign(made, change), sign(made, change, CARLA), return_exceptions=True)

    assert sorted(type(one).__name__ for one in came) == ["ReviewSigned", "list"]
    assert len([row for row in await rows(made.ledger, events) if row["kind"] == "review.signed"]) == 1


@pytest.mark.parametrize(
    ("by", "reviewers", "refusal"),
    [
        (ALICE, ("anyone",), OwnEmergency),
        (ALICE, ("leads",), OwnEmergency),
        (BOB, ("leads",), NotAReviewer),
        (replace(BOB, guest=True), ("anyone",), Guest),
    ],
)
async def test_nobody_signs_who_may_not(
    made: World, by: Person, reviewers: tuple[str, ...], refusal: type[Refusal]
) -> None:
    change = await ended(made)
    made.policy = policy(glass=replace(GLASS, reviewers=reviewers))

    with pytest.raises(refusal):
        await sign(made, change, by)

    assert (await made.change(change.id)).review == change.review


async def test_whom_the_policy_names_signs_and_without_a_word_of_it_any_full_member(made: World) -> None:
    first, second = await ended(made), await ended(replace_probe(made))
    made.policy = policy(glass=replace(GLASS, reviewers=("leads",)))
    await sign(made, first, CARLA)
    made.policy = policy(glass=None)
    await sign(made, second, BOB)

    async with made.ledger.reading() as book:
        assert await store.standing(book) == (0, None)


async def test_a_slack_that_does_not_tell_who_is_in_a_group_lets_nobody_sign(made: World) -> None:
    change = await ended(made)
    await made.slack.fault("api_error", error="internal_error", method="usergroups.list", times=0)

    with pytest.raises(NotTold):
        await sign(made, change)


async def test_an_ordinary_change_has_no_review(made: World) -> None:
    change = await made.asked()

    with pytest.raises(NoReview):
        await sign(made, change)


async def test_it_is_signed_when_the_change_is_over_and_not_before(made: World) -> None:
    change = await broken(made)
    with pytest.raises(ReviewTooEarly):
        await sign(made, change)
    made.policy = policy(glass=None)
    again = await made.ran(change)
    with pytest.raises(ReviewTooEarly):
        await sign(made, again)
    await made.decisions().reject(await made.click(again, CARLA), "no")

    assert again.state is State.PENDING
    assert len(await sign(made, again)) == 1


async def test_what_waits_for_its_review_is_counted_since_the_oldest(made: World) -> None:
    first = await ended(made)
    made.time.passed += 60.0
    await ended(replace_probe(made))

    async with made.ledger.reading() as book:
        assert await store.standing(book) == (2, first.created_at)
        assert [one.name for one in await store.unsigned(book)] == ["CR-1", "CR-2"]


async def test_messages_of_what_waits_for_its_review_are_kept_until_it_is_signed(made: World, durable: Durable) -> None:
    change = await ended(made)
    await show(made)
    made.time.jump(2 * KEEP)
    kept = await cleaning(made.ledger, durable, made.time).round()
    await sign(made, change)
    await show(made)
    gone = await cleaning(made.ledger, durable, made.time).round()

    assert (kept["posts"], gone["posts"]) == (0, 4)


@pytest.mark.parametrize("tampering", ["signed_by", "note", "quota", "opened_at", "gone"])
async def test_a_review_that_somebody_changed_in_the_tables_is_found(made: World, tampering: str) -> None:
    await sign(made, await ended(made))
    [signed] = await rows(made.ledger, reviews)
    wrong = {"signed_by": "U0EVE", "note": "fine", "quota": 9, "opened_at": 1.0}.get(tampering)
    async with made.ledger.writing() as book:
        if wrong is None:
            await book.connection.execute(delete(reviews))
        else:
            await book.connection.execute(update(reviews).values({tampering: wrong}))

    async with made.ledger.writing() as book:
        flaw = (await book.run_sync(verify)).flaw
        await book.connection.execute(delete(reviews))
        await book.connection.execute(insert(reviews).values(**signed))
    assert flaw is not None
    assert "review" in str(flaw)


def replace_probe(made: World) -> World:
    """Let the backend be as it was, so that the same change can be asked for again."""
    made.drift(probe_port=8001)
    return made


async def show(made: World) -> None:
    """Let Slack show everything that is due."""
    async with made.ledger.writing() as book:
        for number, post in enumerate(await outbox.due(book, now=made.time.now())):
            await outbox.delivered(book, post, ts=f"1.{number}", at=made.time.now())

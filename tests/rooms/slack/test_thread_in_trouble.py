"""Delivering when answers get lost, Slack is ill, or says to wait: never twice, never forgotten."""

import asyncio

import pytest

from bot.domain.change import Move
from bot.store.outbox import Purpose
from bot.store.tables import posts
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import INCIDENT
from tests.rooms.store.ledgers import FAR, rows


async def test_a_card_whose_answer_was_lost_is_found_again_and_not_doubled(postman: Postman) -> None:
    await postman.opened()
    await postman.slack.fault("drop_after", method="chat.postMessage")

    await postman.deliver()
    lost = await postman.row()
    await postman.deliver(after=1.0)

    [card] = postman.slack.top()
    assert (lost["ts"], lost["attempts"]) == (None, 1)
    assert await postman.card() == card.ts
    assert len(await postman.slack.calls("chat.postMessage")) == 1


async def test_a_reply_whose_answer_was_lost_is_found_again_in_its_thread(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.moved(change, Move.REJECT)
    await postman.slack.fault("drop_after", method="chat.postMessage")

    await postman.deliver()
    await postman.deliver(after=1.0)

    [reply] = postman.slack.thread(await postman.card())
    assert (await postman.row(Purpose.RESULT))["ts"] == reply.ts


async def test_a_lost_card_is_found_below_many_later_messages_and_no_stranger_s_is_taken(postman: Postman) -> None:
    await postman.opened()
    await postman.opened(FAR, key="k2")
    await postman.slack.fault("drop_after", method="chat.postMessage", times=2)
    await postman.deliver()
    await postman.slack.do("type", user="alice", channel=INCIDENT, text="unrelated")

    await postman.deliver(after=1.0)

    cards = [message for message in postman.slack.top() if message.by_app]
    known = {row["ts"]: f"CR-{row['change']}:" for row in await rows(postman.ledger, posts)}
    assert len(cards) == 2
    assert all(card.text.startswith(known[card.ts]) for card in cards)


async def test_a_card_that_never_arrived_is_posted(postman: Postman) -> None:
    await postman.opened()
    await postman.slack.fault("drop_before", method="chat.postMessage")

    await postman.deliver()
    await postman.deliver(after=1.0)

    assert len(postman.slack.top()) == 1


@pytest.mark.parametrize("kind", ["http_500", "http_503", "html_body"])
async def test_a_slack_that_is_ill_is_asked_again_later(postman: Postman, kind: str) -> None:
    await postman.opened()
    await postman.slack.fault(kind, method="chat.postMessage")

    await postman.deliver()
    await postman.deliver()
    early = postman.slack.top()
    await postman.deliver(after=1.0)

    assert early == []
    assert len(postman.slack.top()) == 1


async def test_the_wait_doubles_and_ends_at_a_minute_however_long_slack_is_away(postman: Postman) -> None:
    await postman.opened()
    await postman.slack.fault("http_500", times=0, method="chat.postMessage")
    waits = []
    for attempts in (0, 1, 2, 5, 6, 2000):
        async with postman.ledger.writing() as book:
            await book.connection.execute(posts.update().values(attempts=attempts, not_before=0.0))
        await postman.deliver()
        waits.append((await postman.row())["not_before"] - postman.time.now())

    assert waits == [1.0, 2.0, 4.0, 32.0, 60.0, 60.0]


async def test_too_many_messages_wait_as_long_as_slack_says(postman: Postman) -> None:
    await postman.opened()
    await postman.slack.fault("rate_limited", retry_after=1, method="chat.postMessage")

    await postman.deliver()
    waiting = (await postman.row())["not_before"] - postman.time.now()
    await postman.deliver(after=0.9)
    early = postman.slack.top()
    await postman.deliver(after=0.1)

    assert waiting == 1.0
    assert early == []
    assert len(postman.slack.top()) == 1


async def test_an_edit_that_failed_is_made_again_and_shows_the_newest_state(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.want(change, Purpose.CARD)
    await postman.slack.fault("drop_before", method="chat.update")

    await postman.deliver()
    await postman.moved(change, Move.APPROVE)
    await postman.deliver(after=1.0)

    [card] = postman.slack.top()
    assert "*Approved*" in card.text


async def test_a_message_that_slack_holds_keeps_no_other_change_back_and_its_own_are_never_sent_twice(
    postman: Postman,
) -> None:
    await postman.opened()
    await postman.slack.fault("slow", seconds=60, method="chat.postMessage")
    held = await postman.thread.begin_due()
    await postman.slack.until(lambda: len(postman.slack.top()) == 1)
    other = await postman.opened(FAR, key="k2")

    begun = await postman.thread.begin_due()
    await asyncio.gather(*begun)
    seen = [message.text for message in postman.slack.top() if message.text.startswith(other.name)]
    waiting = [delivery.done() for delivery in held]
    await postman.slack.do("clock", advance=60)
    await asyncio.gather(*held)

    assert (len(begun), len(seen), waiting) == (1, 1, [False])
    assert len(await postman.slack.calls("chat.postMessage")) == 2
    assert len(postman.slack.top()) == 2

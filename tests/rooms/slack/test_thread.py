"""Delivering to the sandbox Slack: one message for each purpose, each showing the newest state."""

import asyncio
import contextlib

from bot.domain.change import Move, State
from bot.slack.lookup import EVENT_TYPE
from bot.slack.trouble import CLOSED_TRIES
from bot.store import outbox
from bot.store.outbox import Purpose
from bot.store.tables import posts
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT
from tests.rooms.store.ledgers import ELSEWHERE, FAR, kinds


async def test_the_card_stands_in_the_channel_and_all_else_in_its_thread(postman: Postman) -> None:
    change = await postman.opened()
    await postman.want(change, Purpose.PROGRESS, step="calling")
    await postman.moved(change, Move.REJECT)

    await postman.deliver()

    [card] = postman.slack.top()
    assert card.metadata == {"event_type": EVENT_TYPE, "event_payload": {"post": 1, "purpose": "card"}}
    assert "CR-1: probe port 8080 → 12345" in card.text
    assert [bool(reply.blocks) for reply in postman.slack.thread(card.ts)] == [True, True]
    assert await postman.slack.calls("chat.update") == []


async def test_nothing_is_due_twice(postman: Postman) -> None:
    await postman.opened()

    for _ in range(3):
        await postman.deliver()

    assert len(await postman.slack.calls("chat.postMessage")) == 1


async def test_many_states_are_one_edit(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.moved(change, Move.APPROVE)
    for _ in range(10):
        await postman.want(change, Purpose.CARD)

    await postman.deliver()

    [card] = postman.slack.top()
    assert len(await postman.slack.calls("chat.update")) == 1
    assert "*Approved*" in card.text


async def test_a_card_that_was_deleted_is_posted_anew_with_what_follows_below_it(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    first = await postman.card()
    await postman.slack.fault("message_deleted", channel=INCIDENT, ts=first)
    await postman.moved(change, Move.REJECT)

    await postman.deliver()
    await postman.deliver()

    [card] = postman.slack.top()
    assert card.ts != first
    assert len(postman.slack.thread(card.ts)) == 1
    assert "post.lost" in await kinds(postman.ledger)


async def test_a_message_slack_will_never_take_is_given_up_and_says_why(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.moved(change, Move.REJECT)
    await postman.slack.fault("api_error", error="invalid_blocks", method="chat.postMessage")

    await postman.deliver()
    await postman.deliver(after=3600)

    tried = [call for call in await postman.slack.calls("chat.postMessage") if call["args"]["channel"] == INCIDENT]
    assert (await postman.row(Purpose.RESULT))["given_up"] == "invalid_blocks"
    assert len(tried) == 2
    assert [len(postman.slack.direct(who)) for who in (ALICE, BOB)] == [1, 1]


async def test_a_message_that_was_given_up_is_tried_again_with_its_next_state(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.moved(change, Move.REJECT)
    await postman.slack.fault("api_error", error="invalid_blocks", method="chat.postMessage")
    await postman.deliver()
    await postman.want(change, Purpose.RESULT)

    await postman.deliver()

    assert len(postman.slack.thread(await postman.card())) == 1
    assert (await postman.row(Purpose.RESULT))["given_up"] is None


async def test_what_belongs_below_a_card_that_never_came_to_be_is_not_due_for_ever(postman: Postman) -> None:
    change = await postman.opened()
    await postman.moved(change, Move.EXPIRE)
    await postman.slack.shut()
    async with postman.ledger.writing() as book:
        await book.connection.execute(posts.update().values(attempts=CLOSED_TRIES))
    await postman.deliver()
    await postman.deliver()
    await postman.want(change, Purpose.PROGRESS, step="calling")

    async with postman.ledger.reading() as book:
        due = await outbox.due(book, now=postman.time.now() + 1e6)

    assert (await postman.row())["given_up"] == "is_archived"
    assert due == []
    assert "nobody decided CR-1 in time" in postman.slack.direct(ALICE)[0]


async def test_a_message_we_can_not_draw_keeps_no_other_back(postman: Postman) -> None:
    await postman.want(await postman.opened(), Purpose.PROGRESS, step="no such step")
    await postman.opened(FAR, key="k2")

    await postman.deliver()
    await postman.deliver()

    assert len(postman.slack.top()) == 2
    assert (await postman.row(Purpose.PROGRESS))["attempts"] == 1


async def test_a_change_whose_card_nobody_can_see_is_taken_back_and_its_requester_told(postman: Postman) -> None:
    change = await postman.opened()
    await postman.slack.shut()

    await postman.deliver()
    await postman.deliver()

    async with postman.ledger.reading() as book:
        assert (await book.change(change.id)).state is State.CANCELLED
    [told] = postman.slack.direct(ALICE)
    assert "CR-1" in told
    assert "is_archived" in told


async def test_messages_of_different_changes_do_not_wait_for_each_other(postman: Postman) -> None:
    for operation in (ELSEWHERE, FAR):
        await postman.opened(operation, key=operation.host)
    await postman.slack.fault("api_error", error="channel_not_found", method="chat.postMessage")

    await postman.deliver()

    assert len(postman.slack.top()) == 1


async def test_the_bell_brings_a_message_at_once_and_a_database_that_is_away_does_not_end_the_postman(
    postman: Postman,
) -> None:
    running = asyncio.create_task(postman.thread.run())
    try:
        await postman.opened()
        await postman.slack.until(lambda: len(postman.slack.top()) == 1)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    assert len(postman.slack.top()) == 1


async def test_a_postman_told_to_stop_notes_what_it_is_sending_and_sends_nothing_more(postman: Postman) -> None:
    change = await postman.opened()
    await postman.want(change, f"{Purpose.MOVED}:2", approver=BOB, moved=[])
    await postman.slack.fault("slow", seconds=60, method="chat.postMessage")
    running = asyncio.create_task(postman.thread.run())
    await postman.slack.until(lambda: bool(postman.slack.top()))
    running.cancel()
    await postman.slack.do("clock", advance=60)
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert await postman.card() == postman.slack.top()[0].ts
    assert len(await postman.slack.calls("chat.postMessage")) == 1

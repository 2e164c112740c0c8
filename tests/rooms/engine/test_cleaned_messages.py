"""Which messages are forgotten after their time, and which never: the record, and what Slack doesn't show, stay."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.domain.change import State
from bot.engine.durable import Durable
from bot.store import outbox
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.tables import attempts, changes, events, posts
from bot.store.tables import intake as intakes
from tests.rooms.clock import Time
from tests.rooms.engine.cleaned import KEEP, NOTHING, cleaning, count
from tests.rooms.engine.world import OPERATION, World
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import NOW


async def show(world: World) -> None:
    """Let Slack show everything that is due."""
    async with world.ledger.writing() as book:
        for number, post in enumerate(await outbox.due(book, now=world.time.now())):
            await outbox.delivered(book, post, ts=f"1.{number}", at=world.time.now())


async def record(ledger: Ledger) -> list[Mapping[str, object]]:
    return [row for table in (changes, attempts, events) for row in await rows(ledger, table)]


async def test_what_ended_long_ago_goes_and_the_record_stays(v2: World, durable: Durable) -> None:
    ended = await v2.ran(await v2.approved())
    refused = await v2.asked(replace(OPERATION, probe_port=8102))
    await v2.decisions().reject(await v2.click(refused), "no")
    await show(v2)
    cleans, kept = cleaning(v2.ledger, durable, v2.time), await record(v2.ledger)
    before = {"posts": await count(v2.ledger, posts), "intake": await count(v2.ledger, intakes)}
    v2.time.jump(KEEP - (v2.time.now() - NOW) - 1.0)

    early = await cleans.round()
    v2.time.jump(3600.0)
    gone = await cleans.round()
    again = await cleans.round()

    assert ended.state is State.SUCCEEDED
    assert early == NOTHING
    assert gone == {**NOTHING, "posts": before["posts"], "intake": before["intake"] - 2}
    assert again == NOTHING
    assert await record(v2.ledger) == kept
    assert [row["key"] for row in await rows(v2.ledger, intakes)] == ["key-1", "key-3"]  # the two that became changes


async def test_a_change_s_number_is_never_given_again(v2: World, durable: Durable) -> None:
    first = await v2.ran(await v2.approved())
    await show(v2)
    v2.time.jump(2 * KEEP)
    await cleaning(v2.ledger, durable, v2.time).round()

    second = await v2.asked(replace(OPERATION, probe_port=8102))

    assert (first.name, second.name) == ("CR-1", "CR-2")
    assert {row["change"] for row in await rows(v2.ledger, posts)} == {2}


async def test_a_message_that_slack_does_not_show_is_kept_and_all_of_its_change_with_it(
    v2: World, durable: Durable
) -> None:
    change = await v2.ran(await v2.approved())
    await show(v2)
    async with v2.ledger.writing() as book:
        await outbox.want(book, change, Purpose.RESULT, at=v2.time.now())
    before = await rows(v2.ledger, posts)
    v2.time.jump(2 * KEEP)
    cleans = cleaning(v2.ledger, durable, v2.time)

    while_due = await cleans.round()
    async with v2.ledger.writing() as book:
        [due] = await outbox.due(book, now=v2.time.now())
        await outbox.give_up(book, due, why="is_archived", at=v2.time.now())
    given_up = await cleans.round()
    kept = [row["purpose"] for row in await rows(v2.ledger, posts)]
    async with v2.ledger.writing() as book:
        await outbox.delivered(book, due, ts="1.9", at=v2.time.now())
    shown = await cleans.round()

    assert (while_due["posts"], given_up["posts"], shown["posts"]) == (0, 0, len(before))
    assert kept == [row["purpose"] for row in before]


async def test_an_unknown_outcome_keeps_its_card_so_that_checking_again_edits_it(v2: World, durable: Durable) -> None:
    v2.plan(outcome="stuck")
    unknown = await v2.ran(await v2.approved())
    await show(v2)
    async with v2.ledger.reading() as book:
        ts = await outbox.card_ts(book, unknown.id)
    v2.time.jump(100 * KEEP)
    await cleaning(v2.ledger, durable, v2.time).round()
    v2.drift(probe_port=OPERATION.probe_port)

    known = await v2.changes().check_again(await v2.click(unknown))

    async with v2.ledger.reading() as book:
        due = {post.purpose: post.ts for post in await outbox.due(book, now=v2.time.now())}
    assert unknown.state is State.UNKNOWN
    assert known
    assert known.state is not State.UNKNOWN
    assert ts
    assert due[Purpose.CARD] == ts


@pytest.mark.parametrize("state", ["PENDING", "APPROVED", "RUNNING"])
async def test_an_open_change_keeps_its_messages(v2: World, durable: Durable, state: str) -> None:
    change = await (v2.asked() if state == "PENDING" else v2.approved())
    if state == "RUNNING":
        await v2.started(change)
    await show(v2)
    before = await rows(v2.ledger, posts)
    v2.time.jump(100 * KEEP)

    await cleaning(v2.ledger, durable, v2.time).round()

    assert (await v2.change(change.id)).state == state
    assert await rows(v2.ledger, posts) == before
    assert before


async def answer(ledger: Ledger, key: str) -> None:
    async with ledger.writing() as book:
        await outbox.answer_once(book, key=key, channel="C0", user="U0ALICE", body={"text": "t"}, at=NOW)


async def test_answers_go_once_they_are_told_or_given_up_and_not_before(ledger: Ledger, durable: Durable) -> None:
    for key in ("told", "given up", "waits"):
        await answer(ledger, key)
    async with ledger.writing() as book:
        told, given_up, _ = await outbox.due(book, now=NOW)
        await outbox.delivered(book, told, ts="", at=NOW)
        await outbox.give_up(book, given_up, why="user_not_found", at=NOW)
    time = Time(jumped=2 * KEEP)

    gone = await cleaning(ledger, durable, time).round()

    assert gone == {**NOTHING, "answers": 2}
    assert [row["purpose"] for row in await rows(ledger, posts)] == ["answer:waits"]


async def test_what_was_told_directly_of_a_change_is_kept_while_its_own_messages_are(
    v2: World, durable: Durable
) -> None:
    change = await v2.ran(await v2.approved())
    await answer(v2.ledger, f"{change.name}.1.SUCCEEDED:U0ALICE")
    await answer(v2.ledger, f"{change.name}1.1.SUCCEEDED:U0ALICE")  # CR-11: another change, long cleaned
    await show(v2)
    async with v2.ledger.writing() as book:
        await outbox.want(book, change, Purpose.RESULT, at=v2.time.now())
    v2.time.jump(2 * KEEP)
    cleans = cleaning(v2.ledger, durable, v2.time)

    first = await cleans.round()
    await answer(v2.ledger, f"{change.name}.1.SUCCEEDED:U0ALICE")
    told_twice = [row for row in await rows(v2.ledger, posts) if row["change"] is None and row["delivered"] == 0]
    await show(v2)
    second = await cleans.round()

    assert (first["posts"], first["answers"], told_twice) == (0, 1, [])
    assert (second["posts"] > 0, second["answers"]) == (True, 1)

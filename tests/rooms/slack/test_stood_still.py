"""A replica that is buried while it waits for Slack's answer, and then gets it."""

import asyncio
from contextlib import suppress

from bot.domain.change import Move
from bot.slack.notes import DELETE_WAITS
from bot.store import replicas
from bot.store.database import async_url
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.postgresql import open_database
from bot.store.tables import posts
from tests.relay import Cut, relaying
from tests.rooms.clock import Time
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, StandIn
from tests.rooms.store.ledgers import kinds, opened

HELD = 60


async def buried(postman: Postman) -> None:
    async with postman.ledger.writing(fenced=False) as book:
        await replicas.bury(book, {"sleeper"}, at=postman.time.now())


async def test_what_it_edited_is_shown_again_by_another_as_it_stands_now(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.ledger.enlist("sleeper", at=postman.time.now())
    await postman.moved(change, Move.APPROVE)
    await postman.slack.fault("slow", seconds=HELD, method="chat.update")
    held = await postman.thread.begin_due()
    await postman.slack.until(lambda: "Approved" in postman.slack.top()[0].text)
    await buried(postman)
    before = await postman.row()
    await postman.slack.do("clock", advance=HELD)
    await asyncio.gather(*held)
    after = await postman.row()

    assert (before["wanted"], after["wanted"]) == (2, 3)
    assert after["delivered"] == 1
    assert "post.edited" not in await kinds(postman.ledger)


async def posted_while_buried(postman: Postman, *, by_another: bool) -> None:
    """Let the sleeper post a card whose answer comes after its burial, and maybe after another one's card."""
    await asked_to_post(postman)
    held = await postman.thread.begin_due()
    await buried_at_it(postman, by_another=by_another)
    await postman.slack.do("clock", advance=HELD)
    await asyncio.gather(*held)


async def asked_to_post(postman: Postman) -> None:
    await postman.opened()
    await postman.ledger.enlist("sleeper", at=postman.time.now())
    await postman.slack.fault("slow", seconds=HELD, method="chat.postMessage")


async def buried_at_it(postman: Postman, *, by_another: bool) -> None:
    await postman.slack.until(lambda: bool(postman.slack.top()))
    await buried(postman)
    if by_another:
        await postman.slack.post([{"type": "divider"}])
        async with postman.ledger.writing(fenced=False) as book:
            theirs = postman.slack.top()[-1].ts
            await book.connection.execute(posts.update().values(ts=theirs, delivered=1))


async def test_a_card_that_another_posted_meanwhile_stands_and_its_own_is_taken_away(postman: Postman) -> None:
    await posted_while_buried(postman, by_another=True)

    assert [message.text for message in postman.slack.top()] == ["not ours"]
    assert (await postman.row())["ts"] == postman.slack.top()[0].ts


async def test_a_second_card_is_taken_away_though_slack_is_ill_meanwhile(postman: Postman) -> None:
    for kind in ("http_500", "drop_before", "drop_after"):
        await postman.slack.fault(kind, method="chat.delete")

    await posted_while_buried(postman, by_another=True)

    assert [message.text for message in postman.slack.top()] == ["not ours"]


async def test_a_second_card_that_slack_keeps_is_given_up(postman: Postman) -> None:
    await postman.slack.fault("api_error", error="cant_delete_message", times=0, method="chat.delete")

    await posted_while_buried(postman, by_another=True)

    assert len(postman.slack.top()) == 2
    assert len(await postman.slack.calls("chat.delete")) == len(DELETE_WAITS) + 1


async def test_a_card_that_nobody_else_posted_stands_and_is_shown_anew_by_another(postman: Postman) -> None:
    await posted_while_buried(postman, by_another=False)

    [card] = postman.slack.top()
    row = await postman.row(Purpose.CARD)
    assert (row["ts"], row["delivered"], row["wanted"]) == (card.ts, 0, 2)
    postman.ledger.replica = None  # as another process
    await postman.deliver()
    assert [message.ts for message in postman.slack.top()] == [card.ts]
    assert len(await postman.slack.calls("chat.postMessage")) == 1


async def test_its_own_card_is_taken_away_though_it_is_told_to_stop_before_the_answer(postman: Postman) -> None:
    await asked_to_post(postman)
    running = asyncio.create_task(postman.thread.run())
    await buried_at_it(postman, by_another=True)
    running.cancel()
    await postman.slack.do("clock", advance=HELD)
    with suppress(asyncio.CancelledError):
        await running

    assert [message.text for message in postman.slack.top()] == ["not ours"]
    assert (await postman.row())["wanted"] == 2


async def test_its_own_card_is_taken_away_though_the_database_breaks_off_meanwhile(
    migrated_postgres: str, slack: StandIn, time: Time
) -> None:
    with relaying(migrated_postgres) as (relay, through):
        ledger = Ledger(open_database(async_url(through), busy_seconds=10.0))
        postman = Postman(slack, ledger, time)
        await asked_to_post(postman)
        held = await postman.thread.begin_due()
        await buried_at_it(postman, by_another=True)
        relay.behind, relay.cut = b"UPDATE posts", Cut.COMMIT
        await slack.do("clock", advance=HELD)
        await asyncio.gather(*held)
        row = await postman.row()
        await ledger.close()

    assert relay.cut is None
    assert [message.text for message in slack.top()] == ["not ours"]
    assert row["wanted"] == 2


async def test_its_own_card_is_taken_away_though_it_was_buried_while_the_database_was_away(
    migrated_postgres: str, slack: StandIn, time: Time
) -> None:
    with relaying(migrated_postgres) as (relay, through):
        ledger = Ledger(open_database(async_url(through), busy_seconds=10.0))
        async with opened(migrated_postgres) as direct:
            postman, others = Postman(slack, ledger, time), Postman(slack, direct, time)
            await asked_to_post(postman)
            held = await postman.thread.begin_due()
            await slack.until(lambda: bool(slack.top()))
            relay.refuses = True
            relay.heal()
            before = relay.connections
            await slack.do("clock", advance=HELD)
            while relay.connections < before + 2:  # the note was tried in vain, and is tried again
                await time.sleep(0)
            await buried_at_it(others, by_another=True)
            relay.refuses = False
            await asyncio.gather(*held)
            row = await others.row()
        await ledger.close()

    assert [message.text for message in slack.top()] == ["not ours"]
    assert row["wanted"] == 2


async def test_a_personal_answer_that_it_gave_is_not_given_once_more(postman: Postman) -> None:
    await postman.ledger.enlist("sleeper", at=postman.time.now())
    await postman.tell("only you see this")
    await postman.slack.fault("slow", seconds=HELD, method="chat.postEphemeral")
    held = await postman.thread.begin_due()
    await postman.slack.until(lambda: bool(postman.slack.told(ALICE)))
    await buried(postman)
    await postman.slack.do("clock", advance=HELD)
    await asyncio.gather(*held)

    postman.ledger.replica = None  # as another process
    await postman.deliver()

    assert postman.slack.told(ALICE) == ["only you see this"]
    assert (await postman.row("answer:k9"))["delivered"] == 1

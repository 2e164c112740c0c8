"""A replica that is buried while it waits for Slack's answer, and then gets it."""

import asyncio

from bot.domain.change import Move
from bot.store import replicas
from bot.store.outbox import Purpose
from bot.store.tables import posts
from tests.rooms.slack.posting import Postman
from tests.rooms.store.ledgers import kinds

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
    await postman.opened()
    await postman.ledger.enlist("sleeper", at=postman.time.now())
    await postman.slack.fault("slow", seconds=HELD, method="chat.postMessage")
    held = await postman.thread.begin_due()
    await postman.slack.until(lambda: bool(postman.slack.top()))
    await buried(postman)
    if by_another:
        await postman.slack.post([{"type": "divider"}])
        async with postman.ledger.writing(fenced=False) as book:
            theirs = postman.slack.top()[-1].ts
            await book.connection.execute(posts.update().values(ts=theirs, delivered=1))
    await postman.slack.do("clock", advance=HELD)
    await asyncio.gather(*held)


async def test_a_card_that_another_posted_meanwhile_stands_and_its_own_is_taken_away(postman: Postman) -> None:
    await posted_while_buried(postman, by_another=True)

    assert [message.text for message in postman.slack.top()] == ["not ours"]
    assert (await postman.row())["ts"] == postman.slack.top()[0].ts


async def test_a_card_that_nobody_else_posted_stays_and_is_found_by_another(postman: Postman) -> None:
    await posted_while_buried(postman, by_another=False)

    [card] = postman.slack.top()
    row = await postman.row(Purpose.CARD)
    assert (row["ts"], row["delivered"], row["sending_at"] is None) == (None, 0, False)
    postman.ledger.replica = None  # as another process
    await postman.deliver()
    assert [message.ts for message in postman.slack.top()] == [card.ts]
    assert await postman.card() == card.ts

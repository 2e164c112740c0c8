"""Two replicas that post the same card: one stood still, the other took over, and neither saw the other's in time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.change import Move
from bot.store import outbox, replicas
from bot.store.ledger import Ledger
from tests import conftest as everywhere
from tests.rooms.clock import Time
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import StandIn
from tests.rooms.store.ledgers import kinds, opened

SLEEPER, LEADER = "sleeper", "leader"
LOOKED, SOON, LATE = 10, 60, 120  # seconds that Slack holds an answer back

url = everywhere.url  # both databases


@pytest.fixture
async def leader(slack: StandIn, url: str, time: Time) -> AsyncIterator[Postman]:
    async with opened(url) as ledger:
        await ledger.enlist(LEADER, at=time.now())
        yield Postman(slack, ledger, time)


@pytest.fixture
async def sleeper(slack: StandIn, ledger: Ledger, time: Time) -> Postman:
    await ledger.enlist(SLEEPER, at=time.now())
    return Postman(slack, ledger, time)


async def looked(postman: Postman, *, calls: int) -> list[asyncio.Task[None]]:
    """Let ``postman`` look for the card and find none; what it is told so is held back."""
    await postman.slack.fault("slow", seconds=LOOKED * calls, method="conversations.history")
    delivering = await postman.thread.begin_due()
    while len(await postman.slack.calls("conversations.history")) < calls:
        await postman.time.sleep(0)
    return delivering


async def posted(postman: Postman, *, cards: int, held: int) -> None:
    """Let the next one who looked post its card; Slack's answer to it is held back."""
    await postman.slack.fault("slow", seconds=held, method="chat.postMessage")
    await postman.slack.do("clock", advance=LOOKED)
    await postman.slack.until(lambda: len(postman.slack.top()) == cards)


@pytest.mark.parametrize("first", [SLEEPER, LEADER])
async def test_of_two_cards_that_were_posted_the_one_noted_first_stands_and_shows_what_is_so(
    sleeper: Postman, leader: Postman, first: str
) -> None:
    change = await leader.opened()
    async with leader.ledger.writing() as book:
        [post] = await outbox.due(book, now=leader.time.now())
        await outbox.sending(book, post, at=leader.time.now())  # as one did that died since
    sleepers, leaders = await looked(sleeper, calls=1), await looked(leader, calls=2)
    await posted(sleeper, cards=1, held=SOON if first == SLEEPER else LATE)
    await posted(leader, cards=2, held=SOON if first == LEADER else LATE)
    cards = dict(zip((SLEEPER, LEADER), [card.ts for card in leader.slack.top()], strict=True))
    async with leader.ledger.writing() as book:
        await replicas.bury(book, {SLEEPER}, at=leader.time.now())
    await leader.moved(change, Move.APPROVE)

    for delivering in (sleepers, leaders) if first == SLEEPER else (leaders, sleepers):
        await leader.slack.do("clock", advance=SOON)
        await asyncio.gather(*delivering)
    await leader.deliver()

    [card] = leader.slack.top()
    row = await leader.row()
    assert card.ts == row["ts"] == cards[first]
    assert "*Approved*" in card.text
    assert row["delivered"] == row["wanted"]
    assert len(await leader.slack.calls("chat.postMessage")) == 2
    assert "post.lost" not in await kinds(leader.ledger)

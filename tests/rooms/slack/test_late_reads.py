"""What is due is read while something of it is still being delivered: when that ends, it is not delivered again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.store import outbox
from bot.store.book import Book
from bot.store.database import open_database
from bot.store.intake import take_in
from bot.store.ledger import Ledger
from tests import conftest as everywhere
from tests.rooms.clock import Time
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, INCIDENT, QUIET, StandIn
from tests.rooms.store.ledgers import taken

HELD = 60
SAID = "the balancer is frozen"

url = everywhere.url  # both databases


class LateReads(Ledger):
    """A ledger on a slow database: a read that found something ends only once somebody lets it."""

    def __init__(self, url: str) -> None:
        super().__init__(open_database(url))
        self.has_read = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Book]:
        """Yield a transaction that only reads."""
        async with super().reading() as book:
            yield book
        self.has_read.set()
        await self.may_end.wait()


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[LateReads]:
    ledger = LateReads(url)
    yield ledger
    await ledger.close()


@pytest.fixture
def late(slack: StandIn, ledger: LateReads, time: Time) -> Postman:
    return Postman(slack, ledger, time)


async def delivered_while_read(postman: Postman, ledger: LateReads) -> None:
    """Begin to deliver, read what is due while Slack holds that, and go on with what was read when it is through."""
    begun = await postman.thread.begin_due()
    ledger.has_read.clear()
    ledger.may_end.clear()
    looking = asyncio.create_task(postman.thread.begin_due())
    await ledger.has_read.wait()
    while not all(one.done() for one in begun):  # Slack may only just have got it
        await postman.slack.do("clock", advance=HELD)
    ledger.may_end.set()
    await asyncio.gather(*await looking)
    await postman.deliver()


async def noticed(postman: Postman, channel: str) -> None:
    async with postman.ledger.writing() as book:
        await take_in(book, taken("k9"))
        await outbox.notice(book, key="k9", channel=channel, body={"text": SAID, "by": ALICE}, at=postman.time.now())


async def test_a_notice_is_posted_once(late: Postman, ledger: LateReads) -> None:
    await noticed(late, INCIDENT)
    await late.slack.fault("slow", seconds=HELD, method="chat.postMessage")
    await delivered_while_read(late, ledger)

    assert len(await late.slack.calls("chat.postMessage")) == 1
    assert await late.slack.calls("conversations.history") == []  # nor is it looked for
    assert [message.text for message in late.slack.top()] == [SAID]


async def test_a_notice_that_a_closed_channel_takes_not_is_told_its_person_once(
    late: Postman, ledger: LateReads
) -> None:
    await noticed(late, QUIET)
    await late.slack.fault("slow", seconds=HELD, method="chat.postMessage")
    await delivered_while_read(late, ledger)

    assert len(late.slack.direct(ALICE)) == 1


async def test_an_answer_is_told_once(late: Postman, ledger: LateReads) -> None:
    await late.tell(SAID)
    await late.slack.fault("slow", seconds=HELD, method="chat.postEphemeral")
    await delivered_while_read(late, ledger)

    assert late.slack.told(ALICE) == [SAID]

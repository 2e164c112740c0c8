"""A notice: what a whole channel is told apart from any change, once."""

import asyncio

import pytest

from bot.store import outbox, replicas
from bot.store.intake import take_in
from bot.store.tables import posts
from tests import conftest as everywhere
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, QUIET
from tests.rooms.store.ledgers import kinds, taken

NOTICE = "notice:k9"
SAID = "the balancer is frozen"
HELD = 60

url = everywhere.url  # both databases


async def noticed(postman: Postman, *, channel: str = INCIDENT, **more: object) -> None:
    """Want a notice that alice's command brought about."""
    body = {"text": SAID, "by": ALICE, **more}
    async with postman.ledger.writing() as book:
        await take_in(book, taken("k9"))
        await outbox.notice(book, key="k9", channel=channel, body=body, at=postman.time.now())


async def test_everybody_in_the_channel_sees_a_notice(postman: Postman) -> None:
    postman.urls["k9"] = "http://127.0.0.1:9/"  # where only its person could be told
    await noticed(postman)

    await postman.deliver()
    await postman.deliver()

    assert [message.text for message in postman.slack.top(BOB)] == [SAID]
    assert postman.slack.told(ALICE) == []
    assert (await kinds(postman.ledger))[-2:] == ["noticed", "post.sent"]
    assert len(await postman.slack.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "http_503"])
async def test_a_notice_whose_answer_was_lost_is_looked_up_before_it_is_repeated(postman: Postman, kind: str) -> None:
    await noticed(postman)
    await postman.slack.fault(kind, method="chat.postMessage")

    await postman.deliver()
    await postman.deliver(after=HELD)

    assert [message.text for message in postman.slack.top()] == [SAID]
    assert len(await postman.slack.calls("conversations.history")) == 1
    assert (await postman.row(NOTICE))["ts"] == postman.slack.top()[0].ts


@pytest.mark.parametrize("by", [ALICE, None])
async def test_where_the_channel_takes_nothing_its_person_is_told_directly(postman: Postman, by: str | None) -> None:
    await noticed(postman, channel=QUIET, by=by)

    for _ in range(3):
        await postman.deliver(after=HELD)

    told = postman.slack.direct(ALICE)
    assert [SAID in text and f"<#{QUIET}> (not_in_channel)" in text for text in told] == ([True] if by else [])
    assert (await postman.row(NOTICE))["given_up"] == "not_in_channel"


async def test_of_two_that_a_closed_channel_refuses_one_tells_its_person(postman: Postman) -> None:
    """Two may be at one notice: who took in what brought it about woke up, and the leader took it for dead."""
    other = Postman(postman.slack, postman.ledger, postman.time)
    await noticed(postman, channel=QUIET)
    await postman.slack.fault("slow", seconds=HELD, method="chat.postMessage", times=2)
    begun = [*await postman.thread.begin_due(), *await other.thread.begin_due()]
    while not all(one.done() for one in begun):
        await postman.slack.do("clock", advance=HELD)
    await postman.deliver()

    assert len(begun) == len((postman, other))
    assert len(postman.slack.direct(ALICE)) == 1


@pytest.mark.parametrize("kind", ["http_503", "drop_before", "rate_limited"])
async def test_notices_come_in_their_order_however_long_the_first_one_takes(postman: Postman, kind: str) -> None:
    await noticed(postman)
    async with postman.ledger.writing() as book:
        await outbox.notice(book, key="k10", channel=INCIDENT, body={"text": "and lifted"}, at=postman.time.now())
    more = {"retry_after": 1} if kind == "rate_limited" else {}
    await postman.slack.fault(kind, method="chat.postMessage", **more)

    await postman.deliver()
    assert postman.slack.top() == []
    for _ in range(2):
        await postman.deliver(after=HELD)

    assert [message.text for message in postman.slack.top()] == [SAID, "and lifted"]


async def test_a_notice_waits_while_slack_refuses_the_token(postman: Postman) -> None:
    postman.urls["k9"] = "http://127.0.0.1:9/"
    await noticed(postman)
    await postman.slack.fault("revoked_token", times=0)
    await postman.token.look()

    await postman.deliver()

    row = await postman.row(NOTICE)
    assert (row["delivered"], row["attempts"], row["given_up"]) == (0, 0, None)


async def test_of_two_that_posted_a_notice_the_one_who_stood_still_takes_theirs_away(postman: Postman) -> None:
    await postman.ledger.enlist("sleeper", at=postman.time.now())
    await noticed(postman)
    await postman.slack.fault("slow", seconds=HELD, method="chat.postMessage")
    held = await postman.thread.begin_due()
    await postman.slack.until(lambda: bool(postman.slack.top()))
    async with postman.ledger.writing(fenced=False) as book:
        await replicas.bury(book, {"sleeper"}, at=postman.time.now())
    theirs = await postman.slack.post([{"type": "divider"}])
    async with postman.ledger.writing(fenced=False) as book:
        await book.connection.execute(posts.update().values(ts=theirs, delivered=1))
    await postman.slack.do("clock", advance=HELD)
    await asyncio.gather(*held)

    assert [message.ts for message in postman.slack.top()] == [theirs]


async def test_who_took_in_what_brought_it_about_posts_a_notice_first(postman: Postman) -> None:
    async with postman.ledger.writing() as book:
        for name in ("leader", "owner"):
            await replicas.join(book, name, at=postman.time.now())
        await take_in(book, taken("k9"), replica="owner")
        await outbox.notice(book, key="k9", channel=INCIDENT, body={"text": SAID}, at=postman.time.now())
    async with postman.ledger.reading() as book:
        now = postman.time.now()
        leaders = await outbox.due(book, now=now, replica="leader", leads=True)
        owners = await outbox.due(book, now=now, replica="owner", leads=False)

    assert (leaders, [post.purpose for post in owners]) == ([], [NOTICE])

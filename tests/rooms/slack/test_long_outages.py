"""Slack away for an hour, a revoked token, a clock that is set: posts wait, nothing is lost or doubled."""

import asyncio
import contextlib
from dataclasses import replace

import pytest

from bot.domain.change import Change, Move
from bot.slack.token_watch import MOST_SECONDS, WATCH_SECONDS
from bot.slack.trouble import BACK_OFF_MOST
from bot.store.ledger import Ledger
from bot.store.outbox import LONGEST_WAIT, Purpose
from bot.store.tables import posts
from tests.rooms.clock import Time
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import ALICE, INCIDENT, stand_in
from tests.rooms.store.ledgers import FAR, kinds, rows
from tests.unit.slack.making import OPERATION

HOUR = 3600.0
LOOK = 15.0  # seconds between two looks at the outbox


async def wait(postman: Postman, seconds: float) -> None:
    """Let ``seconds`` pass, with a look at the outbox now and then."""
    for _ in range(int(seconds / LOOK)):
        await postman.deliver(after=LOOK)


async def watch(postman: Postman, seconds: float) -> None:
    """Let the bot ask after its token for ``seconds``."""
    over = asyncio.Event()
    postman.time.after(seconds, over.set)
    watching = asyncio.create_task(postman.token.run())
    await over.wait()
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching


async def is_all_there_once(postman: Postman, *changes: Change) -> None:
    """Every change has one card with its newest state, one progress line and one result below it."""
    cards = [message for message in postman.slack.top() if message.by_app and not message.ephemeral_to]
    assert sorted(card.text.partition(":")[0] for card in cards) == [change.name for change in changes]
    for card in cards:
        below = [
            reply.metadata["event_payload"]["purpose"] for reply in postman.slack.thread(card.ts) if reply.metadata
        ]
        assert sorted(below) == ["progress", "result"]
        assert "*Rejected*" in card.text


async def acted(postman: Postman, change: Change) -> None:
    """Let much happen to ``change``, up to its end."""
    for step in ("checking", "calling", "following"):
        await postman.want(change, Purpose.PROGRESS, step=step)
        await postman.want(change, Purpose.CARD)
    await postman.moved(change, Move.REJECT)


@pytest.mark.parametrize("kind", ["drop_before", "http_503", "html_body"])
async def test_what_happened_while_slack_was_down_for_an_hour_stands_there_once_when_it_is_back(
    postman: Postman, kind: str
) -> None:
    before = await postman.opened()
    await postman.deliver()
    await postman.slack.fault(kind, times=0)
    during = await postman.opened(FAR, key="k2")
    await acted(postman, before)
    await wait(postman, HOUR / 2)
    await acted(postman, during)
    await postman.tell("only you see this")
    await wait(postman, HOUR / 2)
    calls = len(await postman.slack.look("calls"))
    await postman.slack.http.delete(f"{postman.slack.url}/sandbox/faults")
    await wait(postman, 2 * BACK_OFF_MOST)

    rows_then = 6  # two cards, two results, a progress line, an answer: none is tried more than once a minute for long
    assert calls < rows_then * 2 * (HOUR / BACK_OFF_MOST + 10)
    await is_all_there_once(postman, before, during)
    assert postman.slack.told(ALICE) == ["only you see this"]
    edits = [call for call in await postman.slack.calls("chat.update") if not call["error"]]
    assert len(edits) == 1  # five states of the first card, one edit; all else was posted with its newest


async def test_an_outage_that_loses_every_answer_doubles_nothing(postman: Postman) -> None:
    change = await postman.opened()
    await postman.slack.fault("drop_after", times=0, method="chat.postMessage")
    await acted(postman, change)
    await wait(postman, HOUR)
    await postman.slack.http.delete(f"{postman.slack.url}/sandbox/faults")
    await wait(postman, 2 * BACK_OFF_MOST)

    await is_all_there_once(postman, change)
    assert len(await postman.slack.calls("chat.postMessage")) == 3


@pytest.mark.parametrize("jump", [-HOUR, HOUR], ids=["back", "ahead"])
async def test_a_clock_that_is_set_keeps_nothing_back_for_longer_than_the_longest_wait(
    postman: Postman, jump: float
) -> None:
    await postman.opened()
    await postman.slack.fault("rate_limited", retry_after=20, method="chat.postMessage")
    await postman.deliver()

    postman.time.jump(jump)
    await wait(postman, LONGEST_WAIT)

    assert len(postman.slack.top()) == 1


async def test_a_card_sent_by_a_clock_that_went_an_hour_ahead_is_found_again_and_not_doubled(postman: Postman) -> None:
    await postman.opened()
    await postman.slack.fault("drop_after", method="chat.postMessage")
    async with postman.ledger.writing() as book:
        await book.connection.execute(posts.update().values(sending_at=postman.time.now() + HOUR))

    await postman.deliver()
    async with postman.ledger.writing() as book:
        await book.connection.execute(posts.update().values(sending_at=postman.time.now() + HOUR, not_before=0.0))
    await postman.deliver()

    assert len(postman.slack.top()) == 1


async def test_a_wait_that_slack_asks_for_is_kept_up_to_the_longest(postman: Postman) -> None:
    await postman.opened()
    await postman.slack.fault("rate_limited", retry_after=86400, method="chat.postMessage")

    await postman.deliver()

    assert (await postman.row())["not_before"] - postman.time.now() == LONGEST_WAIT


async def test_more_than_slack_takes_at_once_comes_bit_by_bit_each_once(ledger: Ledger, time: Time) -> None:
    async with stand_in(time, burst=2) as slack:
        postman = Postman(slack, ledger, time)
        for port in range(1, 11):
            await postman.opened(replace(OPERATION, port=port), key=f"k{port}")
        for _ in range(60):
            await postman.deliver(after=1.0)
        errors = [call["error"] for call in await slack.calls("chat.postMessage")]

    assert errors.count("") == 10
    assert "ratelimited" in errors
    assert len(slack.top()) == 10


async def test_a_revoked_token_stops_every_call_but_one_question_until_slack_takes_it_again(postman: Postman) -> None:
    first, second = await postman.opened(), await postman.opened(FAR, key="k2")
    await postman.slack.fault("revoked_token", times=0)
    await postman.deliver()
    await acted(postman, first)
    await acted(postman, second)
    await watch(postman, HOUR)
    await postman.deliver()
    calls = await postman.slack.look("calls")
    refused = postman.token.refused
    await postman.slack.http.delete(f"{postman.slack.url}/sandbox/faults")
    await postman.token.look()
    await postman.deliver()
    await postman.deliver()

    assert refused == "token_revoked"
    assert {call["error"] for call in calls} == {"token_revoked"}
    assert [call["method"] for call in calls].count("chat.postMessage") <= 2
    asked = [call["method"] for call in calls].count("auth.test")
    assert HOUR / MOST_SECONDS <= asked <= HOUR / MOST_SECONDS + 10
    assert postman.token.refused == ""
    await is_all_there_once(postman, first, second)


async def test_a_token_that_is_revoked_while_there_is_nothing_to_post_is_noticed(postman: Postman) -> None:
    await postman.slack.fault("revoked_token", times=0)

    await watch(postman, WATCH_SECONDS + 1)

    assert postman.token.refused == "token_revoked"


@pytest.mark.parametrize("kind", ["http_500", "html_body", "drop_before", "rate_limited"])
async def test_a_slack_that_is_ill_says_nothing_of_the_token(postman: Postman, kind: str) -> None:
    facts = {"retry_after": 1} if kind == "rate_limited" else {}
    await postman.slack.fault(kind, times=0, **facts)

    await postman.token.look()

    assert postman.token.refused == ""


async def test_a_scope_that_is_missing_for_one_call_keeps_only_that_one_back(postman: Postman) -> None:
    change = await postman.opened()
    await postman.slack.fault("api_error", error="missing_scope", method="chat.postEphemeral")
    await postman.tell("only you see this")

    await postman.deliver()

    assert postman.token.refused == ""
    assert await postman.card()
    assert change.channel == INCIDENT


async def test_a_direct_message_whose_answer_was_lost_is_found_again_and_not_doubled(postman: Postman) -> None:
    await postman.slack.fault("drop_after", method="chat.postMessage")
    await postman.tell("only you see this", channel="C0NOWHERE")

    await postman.deliver()
    await postman.deliver(after=1.0)

    [row] = await rows(postman.ledger, posts)
    assert postman.slack.direct(ALICE) == ["only you see this"]
    assert (row["delivered"], "post.sent" in await kinds(postman.ledger)) == (1, True)

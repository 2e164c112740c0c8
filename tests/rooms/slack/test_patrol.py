"""A card that somebody deleted while it waits for people comes back by itself, and whoever asks is shown to it."""

import pytest

from bot.domain.change import Ending, Move
from bot.slack.patrol import UNKNOWN_SECONDS
from bot.store.outbox import Purpose
from tests.rooms.slack.edge import ASK, Edge
from tests.rooms.slack.posting import Postman
from tests.rooms.slack.stand_in import BOB, INCIDENT
from tests.rooms.store.ledgers import FAR, kinds


async def delete(postman: Postman, ts: str) -> None:
    await postman.slack.fault("message_deleted", channel=INCIDENT, ts=ts)


async def test_a_deleted_card_that_waits_is_posted_anew_and_one_that_stands_is_left_alone(postman: Postman) -> None:
    await postman.opened()
    await postman.opened(FAR, key="k2")
    await postman.deliver()
    first, second = postman.slack.top()
    await delete(postman, first.ts)

    await postman.patrol.round()
    await postman.deliver()
    await postman.patrol.round()
    await postman.deliver()

    assert [card.text.partition(":")[0] for card in postman.slack.top()] == ["CR-2", "CR-1"]
    assert postman.slack.top()[0].ts == second.ts
    assert (await kinds(postman.ledger)).count("post.lost") == 1
    assert await postman.slack.calls("chat.update") == []


async def test_the_card_of_an_unknown_outcome_is_looked_after_for_a_day(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.ended(await postman.ran(change), Move.LOSE_TRACK, Ending.UNSETTLED)
    await postman.deliver()
    await delete(postman, await postman.card())
    postman.time.passed += UNKNOWN_SECONDS + 1
    await postman.patrol.round()
    late = len(await postman.slack.calls("chat.getPermalink"))
    postman.time.passed -= 2
    await postman.patrol.round()
    await postman.deliver()

    assert late == 0
    assert "*Outcome unknown*" in postman.slack.top()[-1].text


async def test_cards_that_wait_for_nobody_are_not_asked_for(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await postman.moved(change, Move.REJECT)

    await postman.patrol.round()

    assert await postman.slack.calls("chat.getPermalink") == []


@pytest.mark.parametrize("kind", ["http_500", "drop_before", "revoked_token"])
async def test_a_slack_that_does_not_say_is_asked_once_a_round_and_no_card_counts_as_gone(
    postman: Postman, kind: str
) -> None:
    await postman.opened()
    await postman.opened(FAR, key="k2")
    await postman.deliver()
    await postman.slack.fault(kind, times=0)

    await postman.patrol.round()

    asked = await postman.slack.calls("chat.getPermalink")
    assert len({call["args"]["message_ts"] for call in asked}) == 1
    assert "post.lost" not in await kinds(postman.ledger)


async def test_a_reply_below_a_deleted_card_brings_the_card_back_and_stands_below_it(postman: Postman) -> None:
    change = await postman.opened()
    await postman.deliver()
    await delete(postman, await postman.card())
    await postman.want(change, Purpose.PROGRESS, step="calling")

    await postman.deliver()
    await postman.deliver()
    await postman.deliver(after=1.0)

    [card] = postman.slack.top()
    assert len(postman.slack.thread(card.ts)) == 1


async def test_who_asks_for_what_is_asked_already_is_shown_to_its_card(bot: Edge) -> None:
    card = await bot.asked()
    await bot.reception.drain(5.0)

    await bot.type(ASK, user=BOB)

    await bot.told(f"<https://sandbox.slack.com/archives/{INCIDENT}/p{card.ts.replace('.', '')}>")
    assert "CR-1 on the same backend is still open" in bot.slack.told(BOB)[0]


async def test_who_asks_for_what_is_asked_already_brings_its_deleted_card_back(bot: Edge) -> None:
    card = await bot.asked()
    await bot.reception.drain(5.0)
    await bot.slack.fault("message_deleted", channel=INCIDENT, ts=card.ts)

    await bot.type(ASK, user=BOB)

    await bot.told("Its card doesn't stand right now; I'm posting it.")
    await bot.slack.until(lambda: bool(bot.cards()))
    assert bot.cards()[0].ts != card.ts


async def test_a_slack_that_does_not_say_where_the_card_is_leaves_the_answer_as_it_is(bot: Edge) -> None:
    await bot.asked()
    await bot.reception.drain(5.0)
    await bot.slack.fault("http_500", method="chat.getPermalink")

    await bot.type(ASK, user=BOB)

    await bot.told("wait for its result.")
    assert bot.slack.told(BOB)[0].endswith("wait for its result.")

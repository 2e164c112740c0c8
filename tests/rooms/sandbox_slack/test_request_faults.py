"""HTTP mode when things go wrong: late and lost answers, duplicates, request URLs that are gone."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from tests.rooms.sandbox_slack.receiver import Receiver, receiving
from tests.rooms.sandbox_slack.stand_in import INCIDENT, Json, Slack

DISPATCH_FAILED = '/lb failed with the error "dispatch_failed"'
TIMED_OUT = '/lb failed with the error "operation_timeout"'
FINE = {"ok": True, "error": "", "errors": {}}


async def typed(slack: Slack) -> Json:
    return await slack.do("type", user="alice", channel=INCIDENT, text="/lb help")


async def first(slack: Slack, what: str, is_so: Callable[[Json], object]) -> Json:
    """Return the first of the stand-in's ``what`` as soon as it ``is_so``."""
    while True:
        [one, *_] = await slack.listing(what)
        if is_so(one):
            return one


async def test_no_answer_in_three_seconds_is_a_time_out_and_a_later_one_is_recorded_as_late(
    slack: Slack, bot: Receiver
) -> None:
    bot.holds()
    bot.says("too late")
    doing = asyncio.create_task(typed(slack))
    await bot.arrived.wait()
    await slack.advance(3.1)
    outcome = await doing
    bot.released.set()
    late = await first(slack, "deliveries", lambda one: one["acked_at"])

    assert outcome["error"] == TIMED_OUT
    assert (late["late"], late["acked_at"] - late["sent_at"]) == (True, pytest.approx(3.1))
    assert await slack.messages() == []


async def test_the_deadline_is_three_seconds_and_not_less(slack: Slack, bot: Receiver) -> None:
    bot.holds()
    doing = asyncio.create_task(typed(slack))
    await bot.arrived.wait()
    await slack.advance(2.9)
    bot.released.set()

    assert await doing == FINE


async def test_several_request_urls_take_turns_and_one_that_is_gone_is_passed_over(slack: Slack) -> None:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(receiving()) for _ in range(2)]
        async with receiving() as third:
            await slack.do("request_urls", urls=[one.url, third.url, other.url])
            for _ in range(3):
                assert await typed(slack) == FINE
        outcomes = [await typed(slack) for _ in range(3)]

    assert outcomes == [FINE] * 3
    assert (len(one.came), len(third.came), len(other.came)) == (2, 1, 3)
    assert [one_["url"] for one_ in await slack.listing("deliveries")][3:] == [one.url, other.url, other.url]


async def test_where_nobody_listens_the_person_gets_the_error_line(slack: Slack) -> None:
    async with receiving() as gone:
        await slack.do("request_urls", urls=[gone.url])
    outcome = await typed(slack)

    assert outcome["error"] == DISPATCH_FAILED
    assert (await slack.listing("deliveries"))[0]["refused"] == "connection refused"


async def test_what_may_have_arrived_is_not_sent_to_the_next(slack: Slack) -> None:
    async with receiving() as one, receiving() as other:
        one.answer = None
        await slack.do("request_urls", urls=[one.url, other.url])
        outcome = await typed(slack)

    assert outcome["error"] == DISPATCH_FAILED
    assert (len(one.came), len(other.came)) == (1, 0)


async def test_a_duplicate_is_the_same_to_the_byte_and_its_person_sees_one_answer(slack: Slack, bot: Receiver) -> None:
    await slack.fault("duplicate_envelope")
    bot.says("Try this")

    assert await typed(slack) == FINE

    delivery = await first(slack, "deliveries", lambda one: one["acks"] == 2)
    once, again = bot.came
    assert once == again
    assert delivery["refused"] == ""
    assert [message["text"] for message in await slack.messages("alice")] == ["Try this"]


async def test_a_duplicate_of_which_one_is_refused_is_no_failure(slack: Slack) -> None:
    async with receiving() as one, receiving() as other:
        one.says("seen before", status=401)
        await slack.do("request_urls", urls=[one.url, other.url])
        await slack.fault("duplicate_envelope")

        assert await typed(slack) == FINE
        assert (len(one.came), len(other.came)) == (1, 1)


async def test_a_lost_ack_is_a_time_out_although_the_app_answered(slack: Slack, bot: Receiver) -> None:
    await slack.fault("ack_lost")
    doing = asyncio.create_task(typed(slack))
    await first(slack, "faults", lambda one: one["hits"])
    await slack.advance(3.1)

    assert (await doing)["error"] == TIMED_OUT
    assert len(bot.came) == 1

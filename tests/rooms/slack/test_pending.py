"""``/lb pending``: what waits, for whoever asks alone."""

import asyncio
from dataclasses import replace

from bot.domain.change import State
from bot.domain.policy import Policy, Spans
from bot.domain.starts import Start
from bot.slack.reception import COMMAND
from bot.store.tables import posts
from tests.rooms.engine.world import OPERATION, World
from tests.rooms.slack.edge import Edge
from tests.rooms.slack.stand_in import BOB, CARLA, INCIDENT
from tests.rooms.store.ledgers import opened_change, rows

GUEST = "U0GUEST"
MANY = 40
FAR = replace(OPERATION, host="cpm-quick002")


async def pending(bot: Edge, user: str = BOB) -> str:
    """Return what ``user`` is told of what waits, once Slack shows every card."""
    await asyncio.gather(*await bot.thread.begin_due())
    taken = await bot.reception.take(COMMAND, "1.2", {"user": user, "channel": INCIDENT, "text": "pending"})
    assert taken is not None
    await bot.commands.work(taken)
    return next(str(row["body"]["text"]) for row in await rows(bot.ledger, posts) if row["user"] == user)


async def test_what_waits_is_told_the_oldest_first_with_a_link_to_each_card(idle: Edge, made: World) -> None:
    await made.asked()
    await made.approved(FAR)

    told = await pending(idle)

    assert told.startswith("*What waits*, the oldest first (2):")
    assert told.index("CR-1: probe port") < told.index("*Waiting for a second person* until") < told.index("CR-2")
    assert "*Approved* by <@U0BOB>" in told
    assert told.count("/archives/C0INCIDENT/p") == 2


async def test_what_starts_later_is_told_with_its_start_in_its_place(idle: Edge, made: World) -> None:
    start = Start(at=made.time.now() + 7200.0)
    await made.approved(OPERATION, start)
    await made.asked(FAR, start)
    await made.asked(replace(OPERATION, host="cpm-quick003"))

    told = await pending(idle)

    scheduled, asked, at_once = told.split("• CR-")[1:]
    moment = f"*Starts <!date^{int(start.at)}^"
    assert (scheduled.count(moment), "until then it can be cancelled" in scheduled) == (1, True)
    assert (asked.count(moment), "*Waiting for a second person* until" in asked) == (1, True)
    assert "Starts" not in at_once


async def test_what_starts_when_a_window_opens_is_told_with_the_window(idle: Edge, made: World) -> None:
    now = made.time.now()
    made.policy = Policy(windows={"nightly": Spans.of([(now + 3600.0, now + 7200.0)])})
    await made.approved(OPERATION, Start(at=now, window="nightly"))

    told = await pending(idle)

    assert f"*Starts <!date^{int(now + 3600.0)}^" in told
    assert "when the window `nightly` opens" in told


async def test_an_unknown_outcome_waits_until_somebody_checks_it_and_what_ended_does_not(
    bot: Edge, made: World
) -> None:
    made.fault_on_writes("http_500", times=0)
    unknown = await made.ran(await made.approved())
    made.sandbox.faults.clear()
    await made.ran(await made.approved(FAR))
    assert unknown.state is State.UNKNOWN
    await bot.type("/lb pending", user=BOB)
    await bot.told("oldest first (1):")

    assert "*Outcome unknown*" in bot.slack.told(BOB)[-1]


async def test_where_nothing_waits_that_is_said_in_the_language_of_who_asks(bot: Edge) -> None:
    await bot.type("/lb 待办", user=CARLA)

    await bot.told("没有在等待的变更。", user=CARLA)


async def test_a_guest_is_not_told_what_waits_elsewhere(bot: Edge) -> None:
    await bot.asked()
    await bot.type("/lb pending", user=GUEST)
    await bot.told("Only full members of this workspace are told what waits.", user=GUEST)

    assert not any("CR-1" in text for text in bot.slack.told(GUEST))


async def test_a_slack_that_tells_no_addresses_is_asked_once_and_the_rest_is_told(idle: Edge, made: World) -> None:
    await made.asked()
    await made.asked(FAR)
    await idle.slack.fault("api_error", error="internal_error", method="chat.getPermalink", times=0)

    told = await pending(idle)

    assert ("CR-2: probe port" in told, "/archives/" in told) == (True, False)
    assert len(await idle.slack.calls("chat.getPermalink")) == 1


async def test_of_many_the_newest_are_counted(idle: Edge) -> None:
    async with idle.ledger.writing() as book:
        for nth in range(MANY):
            await opened_change(book, replace(OPERATION, host=f"cpm-many{nth:04}"), key=f"many-{nth}")

    told = await pending(idle)

    assert told.count("• CR-") + int(told.rpartition("and ")[2].split()[0]) == MANY
    assert len(told) <= 3000

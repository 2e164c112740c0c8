"""Everything people send is stored before it is acknowledged, and answered once, whatever happens in between."""

import asyncio
from typing import Any

import pytest

from bot.slack.cards import APPROVE, REJECT
from bot.slack.reception import COMMAND, PATIENCE, RESUME_WITHIN, URLS_MOST
from bot.slack.wording import Wording
from bot.store.intake import Taken, orphans
from bot.store.ledger import Ledger
from bot.store.tables import changes, intake
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import BODY, Edge, edge, working
from tests.rooms.slack.receiving import (
    NOT_STORED,
    locked,
    what_can_not_be_stored_is_said,
    what_comes_twice_is_one_change,
)
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, StandIn
from tests.rooms.store.ledgers import opened, rows

WORDS = Wording("en")


async def unanswered(ledger: Ledger) -> int:
    async with ledger.reading() as book:
        return len(await orphans(book, None, in_hand=()))


async def test_a_command_is_stored_when_it_is_acknowledged(idle: Edge) -> None:
    stored: list[int] = []

    async def ack(**_said: Any) -> None:  # noqa: ANN401 - Bolt's own
        stored.append(len(await rows(idle.ledger, intake)))

    sent = {"user_id": ALICE, "channel_id": INCIDENT, "text": "help", "trigger_id": "1.2"}
    await idle.commands.on_command(ack, sent)  # type: ignore[arg-type]  # an ack that looks at the ledger

    assert stored == [1]


async def test_a_click_is_stored_when_it_is_acknowledged(idle: Edge) -> None:
    stored: list[int] = []

    async def ack(**_said: Any) -> None:  # noqa: ANN401 - Bolt's own
        stored.append(len(await rows(idle.ledger, intake)))

    body = {"user": {"id": BOB}, "channel": {"id": INCIDENT}, "trigger_id": "1.2"}
    action = {"action_id": APPROVE, "value": "1.1", "action_ts": "1.1"}
    await idle.buttons.on_click(ack, body, action)  # type: ignore[arg-type]  # an ack that looks at the ledger

    assert stored == [1]


async def test_an_envelope_that_comes_twice_is_one_change(bot: Edge) -> None:
    await what_comes_twice_is_one_change(bot)


async def test_what_can_not_be_stored_is_said_at_once(slack: StandIn, made: World, url: str) -> None:
    async with opened(url, busy_seconds=0.05) as hurried, edge(slack, hurried, made) as idle, working(idle) as bot:
        await what_can_not_be_stored_is_said(bot, url)

    assert len(await rows(made.ledger, intake)) == 1


async def test_a_form_that_can_not_be_stored_says_so_at_once(slack: StandIn, made: World, url: str) -> None:
    async with opened(url, busy_seconds=0.05) as hurried, edge(slack, hurried, made) as idle, working(idle) as bot:
        await bot.asked()
        assert (await bot.press(REJECT))["ok"]
        await slack.until(lambda: bool(slack.workspace.views_of(BOB)))
        while await unanswered(hurried):
            await made.time.sleep(0)
        with locked(url):
            submitted = await bot.submit("no")

    assert submitted["errors"] == {"note": NOT_STORED}
    assert len(await rows(made.ledger, intake)) == 2


async def test_what_can_not_be_stored_is_said_within_the_time_that_slack_waits(
    slack: StandIn, made: World, url: str
) -> None:
    async with opened(url, busy_seconds=60.0) as patient, edge(slack, patient, made) as idle, working(idle) as bot:
        await what_can_not_be_stored_is_said(bot, url)

    assert PATIENCE < 3.0


async def test_only_the_latest_ways_to_answer_are_kept(idle: Edge) -> None:
    keys = []
    for number in range(URLS_MOST + 1):
        taken = await idle.reception.take(COMMAND, str(number), BODY, response_url=f"http://127.0.0.1:9/{number}")
        assert taken is not None
        keys.append(taken.key)

    assert idle.reception.response_url(keys[0]) is None
    assert idle.reception.response_url(keys[1]) == "http://127.0.0.1:9/1"
    assert idle.reception.response_url(keys[1]) is None


async def test_what_a_dead_process_took_in_is_answered_by_the_next(dead: Edge, idle: Edge) -> None:
    taken = await dead.reception.take(COMMAND, "1.2", BODY)
    assert taken is not None

    async with working(idle) as bot:
        await bot.reception.adopt()
        await bot.slack.until(lambda: bool(bot.cards()))
        await bot.reception.adopt()
        await bot.reception.drain(5.0)

    assert len(await rows(bot.ledger, changes)) == 1


async def test_what_comes_a_second_time_stays_with_who_took_it_the_first_time(idle: Edge) -> None:
    begun = []

    async def work(taken: Taken) -> None:
        begun.append(taken)

    idle.reception.on(COMMAND, work)
    first = await idle.reception.take(COMMAND, "1.2", BODY)
    second = await idle.reception.take(COMMAND, "1.2", BODY)
    await idle.reception.adopt()
    await idle.reception.drain(5.0)

    assert (first is None, second) == (False, None)
    assert begun == []


async def test_what_is_too_old_is_not_done_behind_people_s_backs_but_answered(dead: Edge, idle: Edge) -> None:
    await dead.reception.take(COMMAND, "1.2", BODY)
    idle.time.passed += RESUME_WITHIN + 1

    async with working(idle) as bot:
        await bot.reception.adopt()
        await bot.told(WORDS.say("answer/away"), user=ALICE)

    assert await rows(bot.ledger, changes) == []


@pytest.mark.parametrize(("jump", "done"), [(RESUME_WITHIN + 1, 0), (-RESUME_WITHIN, 1)], ids=["ahead", "back"])
async def test_what_was_taken_in_before_the_clock_was_set_is_done_or_answered(
    dead: Edge, idle: Edge, jump: float, done: int
) -> None:
    await dead.reception.take(COMMAND, "1.2", BODY)
    idle.time.jump(jump)

    async with working(idle) as bot:
        await bot.reception.adopt()
        if done:
            await bot.slack.until(lambda: bool(bot.cards()))
        else:
            await bot.told(WORDS.say("answer/away"), user=ALICE)
        await bot.reception.drain(5.0)

    assert len(await rows(bot.ledger, changes)) == done


async def test_a_fault_of_ours_is_answered_with_what_the_operator_can_look_for(idle: Edge) -> None:
    async def broken(_taken: object) -> None:
        raise ZeroDivisionError

    idle.reception.on(COMMAND, broken)
    async with working(idle) as bot:
        await bot.type()
        [row] = await rows(bot.ledger, intake)
        await bot.told(str(row["key"])[:12], user=ALICE)

    assert (await rows(bot.ledger, intake))[0]["finished_at"] is not None


async def test_what_is_under_way_when_the_bot_stops_is_finished_or_left_to_the_next(
    idle: Edge, made: World, ledger: Ledger
) -> None:
    made.fault("DescribeBmListeners", "hold")
    taken = await idle.reception.take(COMMAND, "1.2", BODY)
    assert taken is not None
    idle.reception.begin(taken)
    while not made.sandbox.gate.held:
        await made.time.sleep(0)

    await idle.reception.drain(0.01)

    [row] = await rows(ledger, intake)
    assert row["finished_at"] is None


async def test_what_is_cut_short_at_the_end_lets_go_of_the_database(slack: StandIn, made: World, url: str) -> None:
    async with opened(url, busy_seconds=0.05) as hurried, edge(slack, hurried, made) as idle:
        taken = await idle.reception.take(COMMAND, "t1", BODY)
        assert taken is not None
        others = asyncio.all_tasks()
        with locked(url):
            idle.reception.begin(taken)
            await asyncio.sleep(0)
            await idle.reception.drain(0.0)
        assert asyncio.all_tasks() <= others
    assert await unanswered(made.ledger) == 1

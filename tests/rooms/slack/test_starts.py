"""A change that is to start later, from what somebody types to what they read."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.change import Change, State
from bot.domain.starts import Start
from bot.slack.cards import APPROVE, CANCEL
from bot.slack.wording import DAY_AND_TIME, date
from bot.store.ledger import Ledger
from bot.store.tables import changes
from tests.rooms.engine.scheduled import DAY, HOUR, OPENS, WINDOWED
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import ASK, Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, CARLA, INCIDENT, StandIn
from tests.rooms.store.ledgers import rows
from tests.unit.slack.making import NOW

THEN = date(OPENS, DAY_AND_TIME)  # 02:00 in Berlin, where alice is, and the opening of the window nightly


@pytest.fixture
async def bot(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    made.policy = WINDOWED
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        yield bot


def later(option: str) -> str:
    return ASK.replace(" the health", f" {option} the health")


async def opened(bot: Edge, text: str, *, user: str = ALICE) -> Change:
    await bot.type(text, user=user)
    await bot.slack.until(lambda: bool(bot.cards()))
    async with bot.ledger.reading() as book:
        return await book.change(1)


async def test_a_time_is_the_next_such_one_where_the_person_is_and_the_card_says_so(bot: Edge) -> None:
    change = await opened(bot, later("—at 02:00"))

    assert (change.start, change.reason) == (Start(at=OPENS), "the health endpoint moved")
    assert f"*Starts {THEN}*" in bot.cards()[0].text


async def test_the_same_time_of_another_person_is_another_moment(bot: Edge) -> None:
    change = await opened(bot, later("--at 02:00"), user=CARLA)  # 02:00 in Shanghai is 18:00 in UTC

    assert change.start == Start(at=OPENS - 7 * HOUR + DAY)


async def test_a_day_with_its_offset_needs_no_time_zone(bot: Edge) -> None:
    await bot.slack.do("users", id=ALICE, tz="")

    assert (await opened(bot, later("--at 2023-11-15T01:00Z"))).start == Start(at=OPENS)


async def test_a_window_is_its_next_opening(bot: Edge) -> None:
    change = await opened(bot, later("--window nightly"))

    assert change.start == Start(at=OPENS, window="nightly")
    assert f"*Starts {THEN}*, when the window `nightly` opens" in bot.cards()[0].text


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--at 2023-11-14 22:00", "has passed already. Allowed: a moment to come, at most 14 days ahead"),
        ("--at 2023-12-24T02:00", "is too far ahead. Allowed: at most 14 days; for example `--at 02:00`"),
        ("--at 2023-03-26T02:30", "There is no 2023-03-26T02:30 in Europe/Berlin: the clocks skip it"),
        ("--at noon", "`noon` is no moment to start at. Allowed: a time, or a day and a time"),
        ("--window nigthly", "has no window nigthly. Its windows: `evening`, `far`, `nightly`, `over`"),
        ("--window far", "The window far doesn't open within 14 days. Give a moment, for example `--at 02:00`"),
        ("--at 02:00 --window nightly", "Give a moment or a window, not both: `--at 02:00`, `--window nightly`"),
    ],
)
async def test_what_can_not_be_a_start_is_refused_with_what_is_allowed(bot: Edge, option: str, words: str) -> None:
    await bot.type(later(option))
    await bot.told(words, user=ALICE)

    assert await rows(bot.ledger, changes) == []


async def test_who_has_no_time_zone_in_their_profile_is_told_to_write_the_offset(bot: Edge) -> None:
    await bot.slack.do("users", id=ALICE, tz="")
    await bot.type(later("--at 02:00"))

    await bot.told("Write it with a day and an offset: `2026-11-27T02:00+08:00`", user=ALICE)


async def test_a_card_that_is_approved_says_when_it_starts_and_can_be_cancelled_until_then(bot: Edge) -> None:
    await opened(bot, later("--at 02:00"))
    await bot.press(APPROVE)
    await bot.shown(f"*Starts {THEN}*; until then it can be cancelled")
    await bot.type("/lb why CR-1", user=CARLA)
    await bot.slack.until(lambda: any("Starts" in text or "开始" in text for text in bot.slack.told(CARLA)))
    await bot.press(CANCEL, user=ALICE)
    await bot.shown("*Cancelled*")

    async with bot.ledger.reading() as book:
        assert (await book.change(1)).state is State.CANCELLED


async def test_a_deleted_card_comes_back_while_its_change_waits_for_its_start(bot: Edge) -> None:
    await opened(bot, later("--at 02:00"))
    await bot.press(APPROVE)
    await bot.shown("until then it can be cancelled")
    [card] = bot.cards()
    await bot.slack.fault("message_deleted", channel=INCIDENT, ts=card.ts)
    await bot.patrol.round()

    await bot.slack.until(lambda: [one.ts for one in bot.cards() if not one.deleted] not in ([], [card.ts]))
    await bot.press(CANCEL, user=ALICE)
    await bot.shown("*Cancelled*")


async def test_once_its_time_has_come_the_card_says_so(bot: Edge, made: World) -> None:
    await opened(bot, later("--at 02:00"))
    await bot.press(APPROVE)
    await bot.shown("until then it can be cancelled")
    bot.time.passed = OPENS - NOW
    await made.starting().begin_due()

    await bot.shown("It starts as soon as its load balancer is free")


async def test_help_says_how_to_start_later(bot: Edge) -> None:
    await bot.type("/lb help")

    await bot.told("Start it later: `--at 02:00`", user=ALICE)

"""``/lb freeze`` and ``/lb unfreeze`` as people type and see them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.freezes import Freeze
from bot.domain.policy import Calendar, FreezeRules, Policy, Rule, Weekly
from bot.slack.cards import APPROVE
from bot.slack.freezes import listed
from bot.slack.listing import MOST
from bot.slack.reception import COMMAND
from bot.slack.wording import Wording, date
from bot.store.ledger import Ledger
from bot.store.tables import freezes
from tests.rooms.engine.ruled import GROUPS, ONE_OF_TEAM
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, BOB, INCIDENT, QUIET, StandIn
from tests.rooms.store.ledgers import rows

LB = "lb-quicktst"
HOUR = 3600.0


async def posted(bot: Edge, words: str) -> None:
    """Wait until the whole channel reads ``words``."""
    await bot.slack.until(lambda: any(words in message.text for message in bot.cards()))


async def freeze(bot: Edge, end: str = "for 2h", *, user: str = ALICE) -> None:
    await bot.type(f"/lb freeze {LB} {end} release week", user=user)


def until(bot: Edge, seconds: float = 2 * HOUR) -> str:
    """Return how a moment so many seconds from now is written."""
    return date(bot.time.now() + seconds, "{date_short_pretty} {time}")


async def test_a_freeze_is_told_to_everybody_in_the_channel_and_so_is_its_end(bot: Edge) -> None:
    await freeze(bot)
    await posted(bot, f"❄️ <@{ALICE}> froze `{LB}` until {until(bot)}: release week")
    await bot.type(f"/lb unfreeze {LB} it is out", user=BOB)
    await posted(bot, f"☀️ <@{BOB}> lifted the freeze of `{LB}`: it is out")

    assert bot.slack.told(ALICE) == bot.slack.told(BOB) == []


async def test_a_time_of_day_is_the_next_one_where_its_person_lives(bot: Edge) -> None:
    berlin = datetime.fromtimestamp(bot.time.now(), ZoneInfo("Europe/Berlin"))
    meant = (berlin - timedelta(hours=1)).replace(minute=30, second=0)

    await freeze(bot, f"until {meant:%H:%M}")
    await posted(bot, "froze")

    [row] = await rows(bot.ledger, freezes)
    assert datetime.fromtimestamp(row["until"], UTC) == meant + timedelta(days=1)


async def test_what_waited_to_be_worked_on_ends_when_it_was_meant_to(bot: Edge) -> None:
    body = {"user": ALICE, "channel": INCIDENT, "text": f"freeze {LB} for 2h release week"}
    until = bot.time.now() + 2 * HOUR
    taken = await bot.reception.take(COMMAND, "1.2", body)
    assert taken is not None
    bot.time.passed += 60.0

    bot.reception.begin(taken)
    await posted(bot, "froze")

    assert [row["until"] for row in await rows(bot.ledger, freezes)] == [until]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"freeze {LB} until 2020-01-01T09:00Z old", "A freeze can't end in the past"),
        (f"freeze {LB} for 31d long", "A freeze lasts 30 days at most"),
        (f"freeze {LB} until 18:00", "The reason is missing"),
        (f"freeze {LB} release week", "Until when? Write, in front of the reason, one of: `until 18:00`"),
        ("freeze lb_ until 18:00 x", "it looks like `lb-abcdefgh`"),
        (f"unfreeze {LB}", f"Nobody froze `{LB}`"),
        ("freeze", "Nothing is frozen now."),
    ],
)
async def test_what_can_not_be_is_refused_with_what_can(bot: Edge, line: str, words: str) -> None:
    await bot.type(f"/lb {line}")
    await bot.told(words, user=ALICE)

    assert (await rows(bot.ledger, freezes), bot.cards()) == ([], [])


async def test_what_is_frozen_already_is_said_with_the_line_that_lifts_it(bot: Edge) -> None:
    await freeze(bot)
    await posted(bot, "froze")

    await freeze(bot, user=BOB)

    await bot.told(f"`{LB}` is frozen already, by <@{ALICE}> until")
    await bot.told(f"Lift that first: `/lb unfreeze {LB}`")


async def test_a_guest_freezes_nothing(bot: Edge) -> None:
    await freeze(bot, user="U0GUEST")

    await bot.told("Only full members of this workspace freeze", user="U0GUEST")
    assert bot.cards() == []


async def test_who_asks_is_told_alone_what_is_frozen(bot: Edge) -> None:
    await freeze(bot)
    await posted(bot, "froze")

    await bot.type("/lb freeze", user=BOB)

    await bot.told(f"• `{LB}` until ")
    assert f", by <@{ALICE}>: release week" in bot.slack.told(BOB)[0]


async def test_where_the_channel_takes_nothing_who_froze_is_told_directly(bot: Edge) -> None:
    await bot.type(f"/lb freeze {LB} for 2h release week", channel=QUIET)

    await bot.slack.until(lambda: any("froze" in text and QUIET in text for text in bot.slack.direct(ALICE)))
    assert len(await rows(bot.ledger, freezes)) == 1


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    one = Freeze(id=1, load_balancer=LB, by=ALICE, until=0.0, reason="x" * 400)

    text = listed([one] * 20, Wording("en"))

    assert len(text) <= MOST
    shown = text.count("•")
    assert text.endswith(f"… and {20 - shown} more")


async def test_a_card_and_why_say_what_keeps_it_from_being_changed(slack: StandIn, ledger: Ledger, made: World) -> None:
    made.policy = Policy(
        rules=(Rule(name="leads when frozen", then=ONE_OF_TEAM, freeze_approvers=("leads",)),), groups=GROUPS
    )
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        await bot.type()
        await bot.shown("Waiting for team")
        await freeze(bot)
        await posted(bot, "froze")
        await bot.type("/lb why CR-1", user=BOB)
        await bot.told("❄️ *Frozen* until")
        [card, _] = bot.cards()
        press = {"user": BOB, "channel": INCIDENT, "ts": card.ts, "action_id": APPROVE}
        await slack.do("press", **press)
        await bot.told("`lb-quicktst` was frozen since CR-1 was asked")
        await posted(bot, f"❄️ *Frozen* until {until(bot)}, by <@{ALICE}>: release week")

    assert "1 × team, then 1 × leads" in bot.cards()[0].text


async def test_a_calendar_stands_in_the_list_and_is_not_lifted(slack: StandIn, ledger: Ledger, made: World) -> None:
    books = Calendar(name="books", window=("always",), reason="The books are closed.")
    always = Weekly(days=frozenset(range(7)), start=0, end=1440, zone="UTC")
    made.policy = Policy(windows={"always": always}, freezes=FreezeRules(calendars=(books,)))
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        await bot.type("/lb freeze", user=BOB)
        told = "• every load balancer until the policy says otherwise, by the calendar “books”: The books are closed."
        await bot.told(told)
        await bot.type(f"/lb unfreeze {LB}", user=BOB)
        await bot.told("by the calendar “books” of the policy, and no command lifts that")


async def test_the_rules_say_who_approves_what_is_frozen(slack: StandIn, ledger: Ledger, made: World) -> None:
    made.policy = Policy(rules=(Rule(name="r", then=ONE_OF_TEAM, freeze_approvers=("leads", BOB)),), groups=GROUPS)
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        await bot.type("/lb policy", user=BOB)
        await bot.told(f"• `r`: 1 × team; while frozen also 1 × leads or <@{BOB}>")

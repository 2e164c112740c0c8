"""``/lb review CR-7 …``: what somebody found afterwards, in the thread of the emergency."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.policy import Emergency, Policy
from bot.store.ledger import Ledger
from tests.rooms.engine.world import World
from tests.rooms.slack.edge import Edge, edge, working
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, QUIET, StandIn
from tests.rooms.slack.test_emergency_command import BREAK


@pytest.fixture
async def bot(slack: StandIn, ledger: Ledger, made: World) -> AsyncIterator[Edge]:
    made.policy = Policy(emergency=Emergency(people=(ALICE,)))
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        yield bot


async def ran(bot: Edge, made: World) -> None:
    """Let alice's emergency come to its end."""
    await bot.type(BREAK)
    await bot.slack.until(lambda: bool(bot.cards()))
    await made.ran(await made.change(1))
    await bot.shown("*Succeeded and verified*")


async def test_what_was_found_comes_into_the_thread_and_the_card_says_who_found_it(bot: Edge, made: World) -> None:
    await ran(bot, made)
    await bot.type("/lb review CR-1 it was right & <!channel>", user=BOB)
    await bot.told("You reviewed CR-1. What you found comes into its thread", user=BOB)
    await bot.shown("*Reviewed* by <@U0BOB>")
    found = "🔎 <@U0BOB> reviewed the emergency of <@U0ALICE>: it was right &amp; &lt;!channel&gt;"

    await bot.slack.until(lambda: any(found in one.text for one in bot.slack.thread(bot.cards()[0].ts)))
    assert "To be reviewed" not in bot.cards()[0].text


async def test_it_stands_in_what_waits_until_it_is_signed_and_the_result_says_how(bot: Edge, made: World) -> None:
    await ran(bot, made)
    how = "`/lb review CR-1 &lt;what you found&gt;`"
    await bot.slack.until(lambda: any(how in one.text for one in bot.slack.thread(bot.cards()[0].ts)))
    await bot.type("/lb pending", user=BOB)
    await bot.told("🔎 To be reviewed since", user=BOB)
    assert how in bot.slack.told(BOB)[-1]
    await bot.type("/lb review 1 fine", user=BOB)
    await bot.told("You reviewed CR-1.", user=BOB)
    await bot.type("/lb pending", user=BOB)
    await bot.told("Nothing waits.", user=BOB)


def stories(bot: Edge, person: str = BOB) -> int:
    """Return how often the record of CR-1 was shown for ``person``."""
    thread = bot.slack.thread(bot.cards()[0].ts)
    return sum(one.text.startswith(f"*On record of CR-1*, for <@{person}>") for one in thread)


async def test_who_may_sign_a_review_reads_what_they_sign_and_what_they_signed(bot: Edge, made: World) -> None:
    await ran(bot, made)
    await bot.type("/lb audit CR-1", user=BOB)
    await bot.slack.until(lambda: stories(bot) == 1)
    await bot.type("/lb review CR-1 it was right", user=BOB)
    await bot.told("You reviewed CR-1.", user=BOB)
    await bot.type("/lb audit CR-1", user=BOB)
    await bot.slack.until(lambda: stories(bot) == 2)


async def test_what_another_one_signed_is_for_the_others_no_more(bot: Edge, made: World) -> None:
    await ran(bot, made)
    await bot.type("/lb review CR-1 it was right", user=CARLA)
    await bot.slack.until(lambda: "*Reviewed* by <@U0CARLA>" in bot.cards()[0].text)
    await bot.type("/lb audit CR-1", user=BOB)
    await bot.told("of an emergency for those who may review it", user=BOB)

    assert stories(bot) == 0


@pytest.mark.parametrize(("reviewers", "user"), [((CARLA,), BOB), (("anyone",), "U0GUEST")])
async def test_who_may_not_sign_does_not_read_it(
    slack: StandIn, ledger: Ledger, made: World, reviewers: tuple[str, ...], user: str
) -> None:
    made.policy = Policy(emergency=Emergency(people=(ALICE,), reviewers=reviewers))
    async with edge(slack, ledger, made) as idle, working(idle) as bot:
        await ran(bot, made)
        await bot.type("/lb audit CR-1", user=user)
        await bot.told("The record of CR-1 is for <@U0ALICE>, who asked", user=user)

        assert stories(bot, user) == 0


async def test_where_the_channel_takes_nothing_who_broke_the_glass_is_told_directly(bot: Edge, made: World) -> None:
    await ran(bot, made)
    await bot.slack.until(lambda: any("To be reviewed" in one.text for one in bot.slack.thread(bot.cards()[0].ts)))
    await bot.slack.shut()
    await bot.type("/lb review CR-1 it was right", user=BOB, channel=QUIET)

    found = "🔎 <@U0BOB> reviewed the emergency of <@U0ALICE>: it was right"
    await bot.slack.until(lambda: any(found in one for one in bot.slack.direct(ALICE)))


@pytest.mark.parametrize(
    ("text", "user", "words"),
    [
        ("/lb review CR-1 all well", ALICE, "You broke the glass for CR-1 yourself"),
        ("/lb review CR-1 all well", "U0GUEST", "Guests can't decide CR-1"),
        ("/lb review CR-2 all well", BOB, "There is no CR-2."),
        ("/lb review CR-1", BOB, "What did you find? Say it behind the change."),
        ("/lb review all well", CARLA, "`/lb review &lt;change&gt; &lt;what you found&gt;`"),
    ],
)
async def test_what_can_not_be_signed_is_said(bot: Edge, made: World, text: str, user: str, words: str) -> None:
    await ran(bot, made)
    await bot.type(text, user=user)
    await bot.told(words, user=user)

    review = (await made.change(1)).review
    assert review is not None
    assert review.is_open

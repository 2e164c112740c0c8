"""``/lb grant``, ``/lb grants`` and ``/lb revoke`` as people type and see them."""

import pytest

from bot.domain.grant import Grant
from bot.slack.grants import listed
from bot.slack.listing import MOST
from bot.slack.wording import Wording, date
from bot.store.tables import grants
from tests.rooms.engine.granted import INCIDENT, TARGETS, granting_policy
from tests.rooms.engine.ruled import ONE_OF_TEAM, policy
from tests.rooms.engine.world import BALANCER, World
from tests.rooms.slack.edge import ASK, Edge
from tests.rooms.slack.stand_in import ALICE, BOB, CARLA, QUIET
from tests.rooms.store.ledgers import rows

LINE = f"/lb grant probe-port {BALANCER} for 30m 3 uses INC-7 pool is <dry>"


@pytest.fixture
def made(made: World) -> World:
    made.policy = granting_policy(policy(ONE_OF_TEAM))
    return made


async def posted(bot: Edge, words: str) -> None:
    """Wait until the whole channel reads ``words``."""
    await bot.slack.until(lambda: any(words in message.text for message in bot.cards()))


def until(bot: Edge) -> str:
    return date(bot.time.now() + 1800.0, "{date_short_pretty} {time}")


async def test_a_grant_is_told_to_everybody_listed_and_revoked(bot: Edge) -> None:
    await bot.type(LINE, user=ALICE)
    said = f"<@{ALICE}> approves in advance `probe-port {BALANCER}`, for 3 changes that others ask for in this channel"
    await posted(bot, f"🎫 *G-1*: {said}, until {until(bot)}: INC-7 pool is &lt;dry&gt;")
    await bot.type("/lb grants", user=BOB)
    await bot.told(f"*G-1* `probe-port {BALANCER}` in <#{INCIDENT}>, by <@{ALICE}>: 3 of 3 left, until {until(bot)}")
    await bot.type("/lb revoke G-1 it is over", user=ALICE)
    await posted(bot, f"*G-1 is revoked* by <@{ALICE}>: `probe-port {BALANCER}` is no longer approved in advance.")
    await bot.type("/lb grants", user=ALICE)
    await bot.told("Nothing is approved in advance now.", user=ALICE)

    assert bot.slack.told(ALICE) == ["Nothing is approved in advance now."]


async def test_a_change_that_was_approved_in_advance_runs_and_everybody_sees_whose_word_it_rests_on(
    bot: Edge, made: World
) -> None:
    await bot.type(LINE.replace("3 uses", "2 uses"), user=CARLA)
    await posted(bot, "*G-1*")
    await bot.type(ASK, user=ALICE)
    await posted(bot, f"🎫 CR-1 by <@{ALICE}> begins with G-1, approved in advance by <@{CARLA}>: 1 of 2 left until")
    await posted(bot, f"🎫 Approved in advance by <@{CARLA}> (G-1)")
    await bot.type("/lb why CR-1", user=ALICE)
    await bot.told("in advance by", user=ALICE)
    await bot.type(ASK.replace("001", "002"), user=ALICE)
    await posted(bot, "That was its last use: from now on people are asked.")
    await bot.type("/lb audit CR-1", user=ALICE)
    [card] = [one for one in bot.cards() if one.text.startswith("CR-1:")]
    told = f"<@{CARLA}> (in advance, G-1) approved card 1"
    await bot.slack.until(lambda: any(told in message.text for message in bot.slack.thread(card.ts)))

    assert "👍 *Approved* by <@U0CARLA>" in card.text
    assert await made.enqueued() == [(1, 1), (2, 1)]


@pytest.mark.parametrize(
    ("line", "user", "said"),
    [
        (LINE, BOB, "Approving in advance is for full members whom the policy names: `leads`"),
        (
            LINE.replace("30m", "2h"),
            ALICE,
            "At most 60 min and 5 changes can be approved in advance; you wrote 120 min",
        ),
        (LINE.replace("for 30m ", ""), ALICE, "The duration is missing, for example `for 30m`, `for 2h`."),
        ("/lb revoke G-7", ALICE, "There is no G-7"),
        ("/lb revoke", ALICE, "Copy and correct: `/lb revoke &lt;grant&gt;`"),
    ],
)
async def test_who_may_not_or_asks_too_much_is_told_what_is_allowed(bot: Edge, line: str, user: str, said: str) -> None:
    await bot.type(line, user=user)
    await bot.told(said, user=user)

    assert await rows(bot.ledger, grants) == []


async def test_where_no_card_can_stand_nothing_is_approved_in_advance(bot: Edge) -> None:
    await bot.type(LINE, user=ALICE, channel=QUIET)
    await bot.slack.until(lambda: any("Invite me with" in text for text in bot.slack.told(ALICE, QUIET)))

    assert await rows(bot.ledger, grants) == []


async def test_many_grants_are_counted_where_they_do_not_fit() -> None:
    grant = Grant(
        id=1,
        giver=ALICE,
        channel=INCIDENT,
        targets=TARGETS,
        reason="x" * 400,
        given_at=0.0,
        until=60.0,
        uses=3,
    )

    told = listed([grant] * 20, Wording("en"))

    assert len(told) <= MOST
    assert told.endswith("… and 15 more")

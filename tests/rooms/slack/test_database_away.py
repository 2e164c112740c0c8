"""PostgreSQL goes away while people send something: they are told what is known, and nothing is lost or done twice."""

from collections.abc import AsyncIterator

import pytest

from bot.redaction import TYPED, Redaction
from bot.slack.cards import APPROVE, REJECT
from bot.slack.reception import COMMAND, Reception
from bot.slack.wording import Wording
from bot.store.database import async_url
from bot.store.ledger import Ledger, MaybeStored
from bot.store.postgresql import open_database
from bot.store.tables import changes, intake
from tests.relay import Cut, Relay
from tests.rooms.clock import Time
from tests.rooms.engine.world import World
from tests.rooms.slack import away
from tests.rooms.slack.away import LANGUAGES, written_by_another
from tests.rooms.slack.edge import BODY, Edge
from tests.rooms.slack.stand_in import BOB
from tests.rooms.store.ledgers import kinds, rows

IN_BOTH = pytest.mark.parametrize("user", LANGUAGES, ids=LANGUAGES.values())


url, through, bot = away.url, away.through, away.bot


async def with_form(bot: Edge, made: World, user: str) -> None:
    """Let alice ask, and ``user`` open the form behind Reject."""
    await bot.asked()
    assert (await bot.press(REJECT, user=user))["ok"]
    await bot.slack.until(lambda: bool(bot.slack.workspace.views_of(user)))
    while await made.unanswered():
        await made.time.sleep(0)


def lose(relay: Relay, message: Cut) -> None:
    """Let the wire go silent when what people send is stored: with the wish to commit, or with the word that it is."""
    relay.behind, relay.swallows = b"INSERT INTO intake", message


async def adopted(bot: Edge) -> None:
    """Do what upkeep does each second, twice."""
    for _ in range(2):
        await bot.reception.adopt()
        await bot.reception.drain(5.0)


@IN_BOTH
async def test_what_finds_the_database_taken_is_told_that_nothing_was_done(
    bot: Edge, url: str, made: World, user: str
) -> None:
    ledger, words = made.ledger, Wording(LANGUAGES[user]).say("answer/not_stored")
    await with_form(bot, made, user)
    before = await rows(ledger, intake)
    with written_by_another(url):
        assert (await bot.type(user=user))["ok"]
        assert (await bot.press(APPROVE, user=user))["ok"]
        submitted = await bot.submit("no", user=user)
        await bot.slack.until(lambda: len(bot.slack.told(user)) == 2)
    await adopted(bot)

    assert bot.slack.told(user) == [words, words]
    assert submitted["errors"] == {"note": words}
    assert await rows(ledger, intake) == before
    assert [row["state"] for row in await rows(ledger, changes)] == ["PENDING"]


@IN_BOTH
@pytest.mark.parametrize(("message", "stored"), [(Cut.COMMIT, 0), (Cut.COMMITTED, 1)], ids=["before", "after"])
async def test_a_command_whose_storing_nobody_knows_of_is_done_once_if_it_was_stored(
    bot: Edge, through: tuple[Relay, str], ledger: Ledger, message: Cut, stored: int, user: str
) -> None:
    relay, _ = through
    words = Wording(LANGUAGES[user]).say("answer/maybe_stored")
    await bot.ledger.ping()
    lose(relay, message)
    assert (await bot.type(user=user))["ok"]
    await bot.told(words, user=user)
    relay.heal()
    await adopted(bot)
    await bot.slack.until(lambda: len(bot.cards()) == stored)

    assert len(await rows(ledger, changes)) == stored
    assert len(await rows(ledger, intake)) == stored


@IN_BOTH
@pytest.mark.parametrize(
    ("message", "state"), [(Cut.COMMIT, "PENDING"), (Cut.COMMITTED, "APPROVED")], ids=["before", "after"]
)
async def test_a_click_whose_storing_nobody_knows_of_is_done_once_if_it_was_stored(
    bot: Edge, through: tuple[Relay, str], ledger: Ledger, message: Cut, state: str, user: str
) -> None:
    relay, _ = through
    words = Wording(LANGUAGES[user]).say("answer/maybe_stored")
    await bot.asked()
    await bot.reception.drain(5.0)
    lose(relay, message)
    assert (await bot.press(APPROVE, user=user))["ok"]
    await bot.told(words, user=user)
    relay.heal()
    await adopted(bot)

    assert [row["state"] for row in await rows(ledger, changes)] == [state]
    assert (await kinds(ledger)).count("change.approve") == (state == "APPROVED")
    assert bot.slack.told(user) == [words]


@IN_BOTH
@pytest.mark.parametrize(
    ("message", "state"), [(Cut.COMMIT, "PENDING"), (Cut.COMMITTED, "REJECTED")], ids=["before", "after"]
)
async def test_a_form_whose_storing_nobody_knows_of_is_done_once_and_may_be_sent_again(
    bot: Edge, through: tuple[Relay, str], made: World, message: Cut, state: str, user: str
) -> None:
    relay, _ = through
    ledger = made.ledger
    words = Wording(LANGUAGES[user]).say("answer/maybe_stored")
    await with_form(bot, made, user)
    lose(relay, message)
    submitted = await bot.submit("no", user=user)
    relay.heal()
    await adopted(bot)
    then = [row["state"] for row in await rows(ledger, changes)]
    again = await bot.submit("no", user=user)
    await adopted(bot)

    assert submitted["errors"] == {"note": words}
    assert then == [state]
    assert again["errors"] == {}
    assert [row["state"] for row in await rows(ledger, changes)] == ["REJECTED"]
    assert (await kinds(ledger)).count("change.reject") == 1


@pytest.fixture
async def reception(through: tuple[Relay, str], time: Time) -> AsyncIterator[Reception]:
    """Make a door over the relay; the server waits long for a transaction whose client is gone."""
    ledger = Ledger(open_database(async_url(through[1]), busy_seconds=10.0, idle_seconds=60.0))
    await ledger.ping()
    yield Reception(ledger, time, LANGUAGES.__getitem__, Redaction((), shapes=TYPED).value)
    through[0].heal()
    await ledger.close()


async def test_what_may_be_committed_yet_is_not_told_as_not_stored(
    through: tuple[Relay, str], reception: Reception, ledger: Ledger, time: Time
) -> None:
    relay, _ = through
    relay.behind, relay.cut, relay.late = b"INSERT INTO intake", Cut.COMMIT, True
    with pytest.raises(MaybeStored):
        await reception.take(COMMAND, "1.2", BODY)
    before = await rows(ledger, intake)
    relay.arrive()
    while not await rows(ledger, intake):
        await time.sleep(0)

    assert before == []


async def test_what_was_stored_and_answered_before_is_not_told_as_not_stored(
    through: tuple[Relay, str], reception: Reception, ledger: Ledger
) -> None:
    relay, _ = through
    taken = await reception.take(COMMAND, "1.2", BODY)
    assert taken is not None
    await reception.finish(taken)
    relay.behind, relay.cut = b"FROM intake", Cut.COMMIT

    assert await reception.take(COMMAND, "1.2", BODY) is None
    assert relay.cut is None
    assert len(await rows(ledger, intake)) == 1


async def test_work_that_the_database_left_in_the_middle_is_begun_again_and_answered_once(
    bot: Edge, through: tuple[Relay, str], ledger: Ledger, made: World
) -> None:
    relay, _ = through
    made.fault("DescribeBmListeners", "hold")
    assert (await bot.type(user=BOB))["ok"]
    while not made.sandbox.gate.held:
        await made.time.sleep(0)
    relay.silent = True
    made.sandbox.gate.release()
    await bot.reception.drain(60.0)
    meanwhile = await rows(ledger, changes)
    relay.heal()
    await adopted(bot)
    await bot.slack.until(lambda: bool(bot.cards()))
    await adopted(bot)

    assert meanwhile == []
    assert len(await rows(ledger, changes)) == 1
    assert len(bot.cards()) == 1
    assert [row["finished_at"] is not None for row in await rows(ledger, intake)] == [True]

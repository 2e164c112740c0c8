"""A grant or a freeze that somebody changed in the tables is named, with the last event that explains it."""

from itertools import count

import pytest
import sqlalchemy as sa

from bot.domain.change import Change
from bot.domain.grant import Targets, grant_name
from bot.store import freezes, grants
from bot.store.book import Book
from bot.store.chain import extend
from bot.store.grants import Given
from bot.store.intake import take_in
from bot.store.ledger import Ledger
from bot.store.tables import events, intake
from bot.store.tables import grants as table
from bot.store.verify import Flaw, Wrong, verify
from tests.rooms.store.ledgers import behind, opened_change, rows, taken
from tests.rooms.store.test_verify_bits import peak
from tests.unit.slack.making import NOW, OPERATION

GIVEN, HOUR = Targets(verb="probe-port", load_balancer=OPERATION.load_balancer), 3600.0
_keys = count()


async def _key(book: Book) -> str:
    key = f"lasting-{next(_keys)}"
    await take_in(book, taken(key))
    return key


async def _grant(book: Book, change: Change) -> None:
    """Give one, and let ``change`` begin with it."""
    what = Given(
        giver="U0CARLA",
        channel="C0INCIDENT",
        targets=GIVEN,
        reason="INC-7",
        given_at=NOW,
        until=NOW + HOUR,
        uses=2,
    )
    grant = await grants.give(book, what, key=await _key(book))
    await grants.use(book, grant, change, at=NOW + 1)


async def _freeze(book: Book, load_balancer: str) -> None:
    row = {"load_balancer": load_balancer, "by": "U0ALICE", "channel": "C0INCIDENT", "until": NOW + HOUR}
    await freezes.put(book, {**row, "reason": "release week"}, key=await _key(book), at=NOW)


@pytest.fixture
async def story(ledger: Ledger) -> None:
    """Give G-1, which is used, and G-2, which is used and revoked; freeze two load balancers, and lift the second."""
    async with ledger.writing() as book:
        change = await opened_change(book)  # events 1 and 2
        for _ in range(2):  # events 3 to 8, a command before each grant
            await _grant(book, change)
        await grants.revoke(book, await grants.read(book, 2), by="U0BOB", why="over", at=NOW + 2)  # event 9
        for load_balancer in ("lb-abcdefgh", "lb-bcdefghi"):  # events 10 to 13
            await _freeze(book, load_balancer)
        [_, last] = await freezes.standing(book, at=NOW + 3)
        await freezes.lift(book, last, by="U0BOB", why="it is out", at=NOW + 3)  # event 14


def flaw(url: str, *orders: str) -> Flaw | None:
    """Return the first thing that is wrong after ``orders``."""
    with behind(url).begin() as connection:
        for order in orders:
            connection.exec_driver_sql(order)
    with behind(url).connect() as connection:
        return verify(connection).flaw


ANOTHER_FREEZE = """INSERT INTO freezes (id, intake, load_balancer, reason, by, channel, at, until)
    SELECT 3, 'k1', load_balancer, reason, by, channel, at, until FROM freezes WHERE id = 1"""
ANOTHER_GRANT = """INSERT INTO grants (id, intake, giver, channel, verb, load_balancer, listener, backends, reason,
    given_at, until, uses, used) SELECT 3, 'k1', giver, channel, verb, load_balancer, listener, backends, reason,
    given_at, until, uses, used FROM grants WHERE id = 1"""
TAMPERING = {
    "one more use": ("UPDATE grants SET used = 0 WHERE id = 1", "G-1 used", 5),
    "more changes than were given": ("UPDATE grants SET uses = 50 WHERE id = 1", "G-1 uses", 5),
    "for longer": ("UPDATE grants SET until = until + 60 WHERE id = 1", "G-1 until", 5),
    "by another": ("UPDATE grants SET giver = 'U0EVE' WHERE id = 1", "G-1 giver", 5),
    "elsewhere": ("UPDATE grants SET channel = 'C0EVE' WHERE id = 1", "G-1 channel", 5),
    "for another load balancer": ("UPDATE grants SET load_balancer = 'lb-eve' WHERE id = 1", "G-1 load_balancer", 5),
    "for other backends": ("""UPDATE grants SET backends = '["cpm-x:1"]' WHERE id = 1""", "G-1 backends", 5),
    "revoked by nobody": ("UPDATE grants SET revoked_at = 1 WHERE id = 1", "G-1 revoked_at", 5),
    "revoked no more": ("UPDATE grants SET revoked_at = NULL WHERE id = 2", "G-2 revoked_at", 9),
    "revoked by another": ("UPDATE grants SET revoked_by = 'U0EVE' WHERE id = 2", "G-2 revoked_by", 9),
    "a grant that is gone": ("DELETE FROM grants WHERE id = 2", "G-2", 9),
    "a freeze that nobody lifted": ("UPDATE freezes SET lifted_at = 1 WHERE id = 1", "freeze 1 lifted_at", 11),
    "a shorter freeze": ("UPDATE freezes SET until = 1 WHERE id = 1", "freeze 1 until", 11),
    "of another": ("UPDATE freezes SET load_balancer = 'lb-eve' WHERE id = 1", "freeze 1 load_balancer", 11),
    "not lifted": ("UPDATE freezes SET lifted_at = NULL WHERE id = 2", "freeze 2 lifted_at", 14),
    "lifted by another": ("UPDATE freezes SET lifted_by = 'U0EVE' WHERE id = 2", "freeze 2 lifted_by", 14),
    "a freeze that is gone": ("DELETE FROM freezes WHERE id = 1", "freeze 1", 11),
    "the last freeze is gone": ("DELETE FROM freezes WHERE id = 2", "freeze 2", 14),
    "one that nobody set": (ANOTHER_FREEZE, "freeze 3", None),
    "one that nobody gave": (ANOTHER_GRANT, "G-3", None),
}


@pytest.mark.usefixtures("story")
def test_what_people_gave_froze_and_took_back_is_what_the_record_says(url: str) -> None:
    assert flaw(url) is None


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("what", TAMPERING)
def test_a_row_that_somebody_changed_is_named(url: str, what: str) -> None:
    order, row, event = TAMPERING[what]

    assert flaw(url, order) == Flaw(wrong=Wrong.ROW_DIFFERS, event=event, after=event or 0, row=row)


@pytest.mark.usefixtures("story")
async def test_the_events_of_one_are_told_from_those_of_another(ledger: Ledger, url: str) -> None:
    """G-1 and G-10 to G-12 begin alike."""
    async with ledger.writing() as book:
        change = await book.change(1)
        for _ in range(10):
            await _grant(book, change)

    assert (flaw(url), len(await rows(ledger, table))) == (None, 12)
    wrong = flaw(url, "UPDATE grants SET used = 0 WHERE id = 12")
    assert wrong is not None
    assert wrong.row == "G-12 used"


def giving(connection: sa.Connection, numbers: range) -> None:
    """Give grants with ``numbers``, each used once."""
    row = connection.execute(sa.select(table).where(table.c.id == 1)).mappings().one()
    sent = connection.execute(sa.select(intake).where(intake.c.key == row["intake"])).mappings().one()
    connection.execute(sa.insert(intake), [{**sent, "key": f"many-{number}"} for number in numbers])
    connection.execute(sa.insert(table), [{**row, "id": number, "intake": f"many-{number}"} for number in numbers])
    for kind in ("grant.given", "grant.used"):
        kept = connection.execute(sa.select(events).where(events.c.kind == kind).limit(1)).mappings().one()
        told = {name: kept[name] for name in ("at", "actor", "kind")}  # of no change: that one's story would grow
        named = [{**kept["facts"], "id": number, "grant": grant_name(number)} for number in numbers]
        connection.execute(sa.insert(events), [{**told, "facts": facts} for facts in named])
    extend(connection)


@pytest.mark.usefixtures("story")
def test_more_grants_need_no_more_memory(url: str) -> None:
    with behind(url).connect() as connection:
        giving(connection, range(3, 2003))
        few = peak(connection)
        giving(connection, range(2003, 8003))
        many = peak(connection)

    assert many < few * 1.2

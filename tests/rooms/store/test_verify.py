"""Whatever is done to the record behind the bot's back, verifying names the first event that shows it."""

import pytest
import sqlalchemy as sa

from bot.store.chain import Standing, canonical, sha256
from bot.store.ledger import Ledger
from bot.store.tables import chain, changes, events, links
from bot.store.verify import Flaw, Verdict, Wrong, linked, verify
from tests.rooms.store.ledgers import behind, rows, unguarded
from tests.rooms.store.recording import recorded_story

CHAIN = (events, links, chain)


async def verdict(ledger: Ledger, head: str = "") -> Verdict:
    async with ledger.reading() as book:
        return await book.run_sync(lambda connection: verify(connection, head=head))


async def flaw(ledger: Ledger) -> Flaw | None:
    return (await verdict(ledger)).flaw


@pytest.fixture
async def story(ledger: Ledger) -> Ledger:
    await recorded_story(ledger)
    return ledger


def tampered(url: str, *orders: str) -> None:
    with behind(url).begin() as connection:
        unguarded(connection)
        for order in orders:
            connection.exec_driver_sql(order)


async def test_what_was_recorded_is_found_sound(story: Ledger) -> None:
    found = await verdict(story)

    (standing,) = await rows(story, chain)
    assert found.flaw is None
    assert found.sound == Standing(**standing)
    assert found.sound.length == len(await rows(story, events)) == 10


async def test_an_empty_record_is_sound(ledger: Ledger) -> None:
    assert await flaw(ledger) is None


@pytest.mark.parametrize("number", [1, 5, 10])
async def test_a_head_names_its_event(story: Ledger, number: int) -> None:
    head = (await rows(story, links))[number - 1]["hash"]
    found = await verdict(story, head)

    assert found.named is not None
    assert (found.named.id, found.flaw) == (number, None)
    assert (await verdict(story, "0" * 64)).named is None


TAMPERING: dict[str, tuple[tuple[str, ...], Flaw]] = {
    "a reason put in another's mouth": (
        ("UPDATE events SET actor = 'U0MALLORY' WHERE id = 5",),
        Flaw(wrong=Wrong.CHANGED, event=5, after=4),
    ),
    "a removed row": (("DELETE FROM events WHERE id = 5",), Flaw(wrong=Wrong.MISSING, event=5, after=4)),
    "a removed row with its link": (
        ("DELETE FROM events WHERE id = 5", "DELETE FROM links WHERE event = 5"),
        Flaw(wrong=Wrong.MISSING, after=4),
    ),
    "the first row removed": (("DELETE FROM events WHERE id = 1",), Flaw(wrong=Wrong.MISSING, event=1)),
    "two rows that changed places": (
        ("UPDATE events SET id = -5 WHERE id = 5", "UPDATE events SET id = 5 WHERE id = 6",
         "UPDATE events SET id = 6 WHERE id = -5"),
        Flaw(wrong=Wrong.CHANGED, event=5, after=4),
    ),
    "a row moved to the end": (
        ("UPDATE events SET id = 99 WHERE id = 5",), Flaw(wrong=Wrong.MISSING, event=5, after=4)),
    "a row put in front": (
        ("INSERT INTO events (id, at, actor, kind, facts) VALUES (-1, 1, 'x', 'y', '{}')",),
        Flaw(wrong=Wrong.NOT_LINKED, event=-1),
    ),
    "a row put at the end": (
        ("INSERT INTO events (id, at, actor, kind, facts) VALUES (99, 1, 'x', 'y', '{}')",),
        Flaw(wrong=Wrong.NOT_LINKED, event=99, after=10),
    ),
    "a lost link": (("DELETE FROM links WHERE event = 5",), Flaw(wrong=Wrong.NOT_LINKED, event=5, after=4)),
    "the last rows cut off": (("DELETE FROM events WHERE id > 8",), Flaw(wrong=Wrong.CUT_OFF, event=9, after=8)),
    "the last rows cut off with their links": (
        ("DELETE FROM events WHERE id > 8", "DELETE FROM links WHERE event > 8"),
        Flaw(wrong=Wrong.CUT_OFF, after=8),
    ),
    "all rows gone": (("DELETE FROM events", "DELETE FROM links"), Flaw(wrong=Wrong.CUT_OFF)),
    "no row of the chain": (("DELETE FROM chain",), Flaw(wrong=Wrong.NO_CHAIN)),
    "a link to nothing": (
        ("INSERT INTO links (number, event, previous, hash) VALUES (99, 99, 'a', 'b')",),
        Flaw(wrong=Wrong.END_DIFFERS, event=10, after=10, row="links"),
    ),
    "another installation": (
        ("UPDATE chain SET installation = 'another'",), Flaw(wrong=Wrong.MISPLACED, event=1)),
    "a change whose row says something else": (
        ("UPDATE changes SET state = 'FAILED' WHERE id = 1",),
        Flaw(wrong=Wrong.ROW_DIFFERS, event=10, after=10, row="CR-1 state"),
    ),
    "a call whose row says something else": (
        ("UPDATE attempts SET task = '43'",),
        Flaw(wrong=Wrong.ROW_DIFFERS, event=10, after=10, row="CR-1 call 1 task"),
    ),
    "a call without a row": (
        ("DELETE FROM attempts",), Flaw(wrong=Wrong.ROW_DIFFERS, event=10, after=10, row="CR-1 call 1")),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
async def test_the_first_bad_event_is_named(story: Ledger, url: str, what: str) -> None:
    orders, expected = TAMPERING[what]
    tampered(url, *orders)

    assert await flaw(story) == expected


async def test_a_change_that_is_gone_is_named(story: Ledger, url: str) -> None:
    unbound = "PRAGMA foreign_keys = OFF" if url.startswith("sqlite") else "SET session_replication_role = replica"
    tampered(url, unbound, "DELETE FROM changes WHERE id = 2")

    assert await flaw(story) == Flaw(wrong=Wrong.ROW_DIFFERS, event=6, after=6, row="CR-2")


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("approvals", """UPDATE changes SET approvals = '[{"person": "U0MALLORY", "at": 5.0}]' WHERE id = 2"""),
        ("rule", """UPDATE changes SET rule = '{"name": "anything goes"}' WHERE id = 2"""),
    ],
)
async def test_an_approval_or_a_rule_that_nobody_recorded_is_named(
    story: Ledger, url: str, column: str, order: str
) -> None:
    tampered(url, order)

    assert await flaw(story) == Flaw(wrong=Wrong.ROW_DIFFERS, event=6, after=6, row=f"CR-2 {column}")


def rewritten(url: str, first: int) -> None:
    """Let somebody with all rights rewrite the record from ``first`` on, with hashes that fit."""
    with behind(url).begin() as connection:
        unguarded(connection)
        reach = Standing(*connection.execute(sa.select(chain)).one())
        kept = list(linked(connection))
        head = next(link.hash for event, link in kept if link and event.id == first - 1)
        for event, link in kept[first - 1 :]:
            assert link
            forged = event._replace(actor="U0MALLORY" if event.actor == "U0BOB" else event.actor)
            previous, head = head, sha256(canonical(forged, number=link.number, previous=head))
            connection.execute(sa.update(events).where(events.c.id == event.id).values(actor=forged.actor))
            connection.execute(sa.update(links).where(links.c.event == event.id).values(previous=previous, hash=head))
        connection.execute(sa.update(changes).values(decided_by="U0MALLORY"))
        connection.execute(sa.update(chain).values(head=head))
        assert head != reach.head


async def test_a_tail_that_was_rewritten_with_its_hashes_shows_only_by_a_head_from_slack(
    story: Ledger, url: str
) -> None:
    heads = [one["hash"] for one in await rows(story, links)]
    rewritten(url, 5)

    found = [await verdict(story, head) for head in ("", heads[3], heads[4], heads[-1])]
    assert [one.flaw for one in found] == [None] * 4
    assert [one.named.id if one.named else None for one in found] == [None, 4, None, None]


async def test_what_a_head_names_is_sound_though_something_later_is_not(story: Ledger, url: str) -> None:
    head = (await rows(story, links))[3]["hash"]
    tampered(url, "UPDATE events SET actor = 'U0MALLORY' WHERE id = 9")
    found = await verdict(story, head)

    assert found.named is not None
    assert (found.named.id, found.flaw) == (4, Flaw(wrong=Wrong.CHANGED, event=9, after=8))


async def test_the_change_that_an_event_names_can_not_be_another_one(story: Ledger, url: str) -> None:
    tampered(url, "UPDATE events SET change = 2 WHERE id = 5")

    assert await flaw(story) == Flaw(wrong=Wrong.CHANGED, event=5, after=4)

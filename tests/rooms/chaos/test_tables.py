"""What a round of chaos sees of freezes and grants in the tables: those of its own channel, with how they ended."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.domain.grant import Targets
from bot.store import freezes, grants, intake
from bot.store.book import Book
from bot.store.grants import Given
from tests.chaos.database import Sqlite
from tests.chaos.gathering import Tables, tables
from tests.chaos.history import Grant
from tests.rooms.store.ledgers import database, opened, taken

HERE, ELSEWHERE = "C0INCIDENT", "C0ELSEWHERE"
BALANCER = "lb-quicktst"
GIVEN = Given(
    giver="U0BOB",
    channel=HERE,
    targets=Targets(verb="probe-port", load_balancer=BALANCER),
    reason="drill",
    given_at=10.0,
    until=100.0,
    uses=2,
)


async def _freezes_and_lifts(book: Book, channel: str, key: str) -> None:
    await intake.take_in(book, taken(key))
    row = {"load_balancer": BALANCER, "by": "U0BOB", "channel": channel, "until": 100.0, "reason": "quiet"}
    freeze = await freezes.put(book, row, key=key, at=11.0)
    await freezes.lift(book, freeze, by="U0CARLA", why="", at=12.0)


async def _grants(book: Book, channel: str, key: str) -> None:
    await intake.take_in(book, taken(key))
    await grants.give(book, replace(GIVEN, channel=channel), key=key)


async def _seen(folder: Path, channel: str) -> Tables:
    url = database(folder)
    with closing(sqlite3.connect(folder / "countersign.db")) as connection, connection:  # as the engine leaves it
        connection.execute("CREATE TABLE workflow_status (workflow_uuid TEXT, executor_id TEXT, status TEXT)")
    async with opened(url) as ledger, ledger.writing() as book:
        for nth, where in enumerate((HERE, ELSEWHERE, HERE)):
            await _freezes_and_lifts(book, where, f"freeze-{nth}")
            await _grants(book, where, f"grant-{nth}")
    return tables(Sqlite(folder / "countersign.db"), channel)


async def test_a_round_sees_the_freezes_of_its_channel_and_how_they_ended(tmp_path: Path) -> None:
    seen = await _seen(tmp_path, HERE)
    assert [(one.kind, one.facts["id"]) for one in seen.events if one.kind.startswith("freeze")] == [
        ("freeze.set", 1), ("freeze.lifted", 1), ("freeze.set", 3), ("freeze.lifted", 3)]  # fmt: skip


async def test_a_round_sees_the_grants_of_its_channel(tmp_path: Path) -> None:
    seen = await _seen(tmp_path, ELSEWHERE)
    assert [one.facts["grant"] for one in seen.events if one.kind == "grant.given"] == ["G-2"]
    assert seen.grants == (Grant(id=2, uses=2, used=0),)

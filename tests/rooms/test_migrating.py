"""The way back to an older version's tables, and forth again: while nobody works on them."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.engine.standing import Standing
from bot.migrating import AtWork, move_to
from bot.store.database import InUse, owning
from bot.store.ledger import Fenced, Ledger
from bot.store.migrate import NewerDatabase, UnknownRevision, known_revisions, migrate, revisions
from bot.store.tables import events, replicas
from tests.rooms.clock import Time
from tests.rooms.store.ledgers import NEWEST, database, newer_database, opened, rows
from tests.rooms.test_cli import ended, started


class Beating(Time):
    """Time in which a replica is well."""

    standing: Standing

    async def sleep(self, seconds: float) -> None:
        await self.standing.beat()
        await super().sleep(seconds)


async def test_a_step_down_and_up_again(url: str) -> None:
    *_, before, newest = known_revisions(url)

    down = await move_to("-1", url, Time(), force=False)
    at = await revisions(url)
    again = await move_to(before, url, Time(), force=False)
    up = await move_to(newest, url, Time(), force=False)

    assert (down, at, again, up) == (before, (before, newest), before, newest)
    assert await revisions(url) == (newest, newest)


@pytest.mark.parametrize("asked", ["0000", "head", "base", "-2", "", "0001; DROP"])
async def test_a_revision_that_there_is_not_is_told_with_those_there_are(url: str, asked: str) -> None:
    with pytest.raises(UnknownRevision) as raised:
        await move_to(asked, url, Time(), force=True)

    assert (raised.value.asked, raised.value.known) == (asked, known_revisions(url))
    assert await revisions(url) == (NEWEST, NEWEST)


async def test_there_is_nothing_before_the_first_revision(url: str) -> None:
    await move_to("0001", url, Time(), force=False)

    with pytest.raises(UnknownRevision):
        await move_to("-1", url, Time(), force=False)

    assert (await revisions(url))[0] == "0001"


async def test_tables_on_which_a_replica_works_are_not_touched(migrated_postgres: str) -> None:
    time = Beating()
    async with opened(migrated_postgres) as ledger:
        time.standing = Standing(ledger, time, replica="host-1", alone=False)
        await time.standing.join()
        with pytest.raises(AtWork) as raised:
            await move_to("-1", migrated_postgres, time, force=False)
        kept = await revisions(migrated_postgres)
        forced = await move_to("-1", migrated_postgres, time, force=True)

    assert raised.value.replicas == ("host-1",)
    assert kept == (NEWEST, NEWEST)
    assert forced != NEWEST


async def test_a_replica_that_stands_still_holds_nothing_up_and_is_buried(migrated_postgres: str) -> None:
    async with opened(migrated_postgres) as ledger, opened(migrated_postgres) as still:
        await Standing(still, Time(), replica="host-1", alone=False).join()
        await move_to(NEWEST, migrated_postgres, Time(), force=False)
        with pytest.raises(Fenced):
            async with still.writing():
                pytest.fail("it writes")
        assert [row["buried_at"] is None for row in await rows(ledger, replicas)] == [False]


async def test_a_replica_on_tables_without_a_chain_of_hashes_is_buried_too(migrated_postgres: str) -> None:
    async with opened(migrated_postgres) as still:
        await Standing(still, Time(), replica="host-1", alone=False).join()
    await move_to("0002", migrated_postgres, Time(), force=True)
    await move_to(NEWEST, migrated_postgres, Time(), force=False)
    async with opened(migrated_postgres) as ledger:
        buried, begun = (await rows(ledger, events))[-2:]

    assert (buried["kind"], begun["kind"]) == ("replica.buried", "chain.begun")


async def test_a_file_that_is_in_use_is_not_touched(tmp_path: Path) -> None:
    url = database(tmp_path)
    with owning(url):
        with pytest.raises(InUse):
            await move_to("-1", url, Time(), force=False)
        kept = await revisions(url)
        forced = await move_to("-1", url, Time(), force=True)

    assert kept == (NEWEST, NEWEST)
    assert forced != NEWEST


async def test_an_older_version_can_not_take_a_newer_database_back(tmp_path: Path) -> None:
    with pytest.raises(NewerDatabase):
        await move_to("0001", newer_database(tmp_path), Time(), force=True)


async def test_a_ledger_works_again_after_the_way_down_and_up(url: str, ledger: Ledger) -> None:
    await move_to("-1", url, Time(), force=True)
    await migrate(url)
    async with ledger.writing() as book:
        await book.record("test", "written", at=0.0)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--to", "0000"), 2, "0000: this version has no such revision. Allowed: 0001, "),
        (("--to", "head"), 2, f"For example: --to {NEWEST}"),
        (("--to", "0001"), 0, ""),
        (("--to", "-1"), 0, ""),
    ],
)
async def test_the_command_takes_the_tables_there_or_says_what_is_allowed(
    tmp_path: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    ended_with, errors = await ended("migrate", *options, COUNTERSIGN_DATABASE_URL=database(tmp_path))

    assert ended_with == code
    assert words in errors
    assert "Traceback" not in errors


async def test_the_command_shows_the_revisions_and_makes_nothing(tmp_path: Path) -> None:
    process = await started("migrate", "--show", COUNTERSIGN_DATABASE_URL=f"sqlite:///{tmp_path}/x.db", COLUMNS="500")
    written, _ = await process.communicate()

    known = ", ".join(known_revisions(f"sqlite:///{tmp_path}/x.db"))
    assert process.returncode == 0
    assert f"/x.db is at revision -; this version knows {known}; its newest is {NEWEST}" in written.decode()
    assert not (tmp_path / "x.db").exists()


async def test_the_command_names_who_is_at_work(tmp_path: Path) -> None:
    url = database(tmp_path)
    with owning(url):
        code, errors = await ended("migrate", "--to", "-1", COUNTERSIGN_DATABASE_URL=url)

    assert code == 1
    assert "countersign.db is in use" in errors


@pytest.mark.parametrize("options", [(), ("--show",), ("--to", "-1")])
async def test_a_database_that_is_not_there_is_told_without_the_password(
    migrated_postgres: str, options: tuple[str, ...]
) -> None:
    url = make_url(migrated_postgres).set(database="no_such_database", password="canary")
    code, errors = await ended("migrate", *options, COUNTERSIGN_DATABASE_URL=url.render_as_string(hide_password=False))

    assert code == 1
    assert "no_such_database" in errors
    assert "countersign doctor" in errors
    assert "canary" not in errors
    assert "Traceback" not in errors

import asyncio
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from structlog.testing import capture_logs

from bot.store.database import place, sync_url
from bot.store.migrate import NewerDatabase, NotADatabase, alembic_config, known_revisions, migrate, revisions, upgrade
from bot.store.postgresql import MIGRATING, WRITING
from bot.store.tables import metadata
from bot.store.verify import verify
from tests.postgres import Server, fresh_database
from tests.rooms.store.ledgers import NEWEST


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the URL of a database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/a.db"
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            yield url


def inspect(url: str) -> sa.Inspector:
    return sa.inspect(sa.create_engine(sync_url(url), poolclass=sa.NullPool))


def test_the_migrations_make_exactly_the_declared_tables(empty: str) -> None:
    config = alembic_config(empty)

    command.upgrade(config, "head")

    command.check(config)  # raises where the declared tables differ from what the migrations made


def test_downgrading_to_nothing_leaves_no_table_of_ours_and_upgrading_again_works(empty: str) -> None:
    config = alembic_config(empty)

    command.upgrade(config, "head")
    command.downgrade(config, "base")
    left = set(inspect(empty).get_table_names()) & metadata.tables.keys()
    command.upgrade(config, "head")

    assert left == set()
    assert metadata.tables.keys() <= set(inspect(empty).get_table_names())


def test_each_step_down_and_up_again_keeps_what_is_declared(empty: str) -> None:
    config = alembic_config(empty)
    command.upgrade(config, "head")

    command.downgrade(config, "-1")
    command.upgrade(config, "head")

    command.check(config)


def columns(url: str) -> dict[tuple[str, str], tuple[str, bool, bool]]:
    """Return each column of ours by table and name: its type, and whether a row can do without a value for it."""
    seen = inspect(url)
    return {
        (table, one["name"]): (str(one["type"]), one["nullable"], one["nullable"] or one["default"] is not None)
        for table in metadata.tables.keys() & set(seen.get_table_names())
        for one in seen.get_columns(table)
    }


def test_each_revision_only_adds_so_that_replicas_of_the_version_before_go_on(empty: str) -> None:
    config, steps = alembic_config(empty), known_revisions(empty)

    for before, after in pairwise(steps):
        command.upgrade(config, before)
        had = columns(empty)
        command.upgrade(config, after)
        has = columns(empty)

        assert {name: has.get(name) for name in had} == had
        old = {table for table, _ in had}
        assert [name for name, (_, _, spared) in has.items() if name not in had and name[0] in old and not spared] == []

    assert steps[-1] == NEWEST


def test_what_an_earlier_version_approved_keeps_its_order(empty: str) -> None:
    config = alembic_config(empty)
    command.upgrade(config, "0001")
    with sa.create_engine(sync_url(empty), poolclass=sa.NullPool).begin() as connection:
        for number, state in enumerate(("APPROVED", "PENDING", "RUNNING"), start=1):
            connection.execute(
                sa.text("INSERT INTO intake (key, kind, body, received_at) VALUES (:key, 'command', '{}', 0)"),
                {"key": str(number)},
            )
            connection.execute(sa.text(
                "INSERT INTO changes (id, intake, state, version, verb, operation, facts, load_balancer, target, "
                "reason, requester, channel, created_at, expires_at, note, findings, moved) VALUES (:id, :key, :state, "
                "1, 'v', '{}', '{}', 'lb-1', :key, '', '', '', 0, 0, '', '{}', '[]')"),
                {"id": number, "key": str(number), "state": state})  # fmt: skip

    command.upgrade(config, "head")

    with sa.create_engine(sync_url(empty), poolclass=sa.NullPool).connect() as connection:
        turns = connection.execute(sa.text("SELECT turn FROM changes ORDER BY id")).scalars().all()
    assert turns == [1, None, 3]


def old_events(url: str, count: int) -> None:
    event = "INSERT INTO events (at, actor, kind, facts) VALUES (:at, 'countersign', 'written.before', '{\"n\": 1}')"
    with sa.create_engine(sync_url(url), poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text(event), [{"at": 1000.5 + number} for number in range(count)])


@pytest.mark.parametrize("count", [0, 1, 1000, 2001])
def test_what_was_recorded_before_is_linked_as_it_is_found_and_that_is_recorded(empty: str, count: int) -> None:
    config = alembic_config(empty)
    command.upgrade(config, "0002")
    if count:
        old_events(empty, count)

    command.upgrade(config, "0003")

    with sa.create_engine(sync_url(empty), poolclass=sa.NullPool).connect() as connection:
        found = connection.execute(sa.text("SELECT id, kind FROM events ORDER BY id DESC")).all()
        linked = connection.execute(sa.text("SELECT number, event FROM links ORDER BY number DESC")).all()
        length = connection.execute(sa.text("SELECT length FROM chain")).scalar_one()
    assert length == len(found) == len(linked) == (count + 1 if count else 0)
    assert [event for _, event in linked] == [number for number, _ in found]
    assert not count or found[0].kind == "chain.begun"


def waited_for(server: psycopg.Connection[tuple[int]], other: threading.Thread) -> None:
    """Return once somebody waits for a lock, or ``other`` is through."""
    here = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    waiting = f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})".encode()  # noqa: S608 - our own
    while other.is_alive() and server.execute(waiting).fetchone() == (0,):
        other.join(0.05)


def test_what_a_replica_of_the_version_before_is_just_writing_is_linked_too(postgres_url: str) -> None:
    command.upgrade(alembic_config(postgres_url), "0002")
    old_events(postgres_url, 1500)
    upgrading = threading.Thread(target=upgrade, args=(postgres_url,))

    with psycopg.connect(postgres_url) as old, psycopg.connect(postgres_url, autocommit=True) as looking:
        old.execute("SELECT pg_advisory_xact_lock(%s)", (WRITING,))
        old.execute("INSERT INTO events (at, actor, kind, facts) VALUES (1, 'countersign', 'written.meanwhile', '{}')")
        upgrading.start()
        waited_for(looking, upgrading)
        old.commit()
        upgrading.join()

    with sa.create_engine(sync_url(postgres_url), poolclass=sa.NullPool).connect() as connection:
        found = verify(connection)
    assert found.flaw is None
    assert found.sound.length == 1502


def test_replicas_of_the_version_before_write_while_the_new_tables_are_there(empty: str) -> None:
    command.upgrade(alembic_config(empty), "0003")

    old_events(empty, 2)

    assert {one["name"] for one in inspect(empty).get_columns("events")} == {
        "id", "at", "change", "actor", "kind", "facts"}  # fmt: skip


def test_a_change_number_is_never_given_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    command.upgrade(alembic_config(url), "head")

    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        made = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'changes'")).scalar_one()

    assert "AUTOINCREMENT" in made


async def test_migrating_twice_is_harmless_and_the_revision_can_be_read(empty: str) -> None:
    before = await revisions(empty)
    await migrate(empty)
    await migrate(empty)
    after = await revisions(empty)

    assert before == (None, NEWEST)
    assert after == (NEWEST, NEWEST)


async def test_replicas_that_start_at_once_make_the_tables_once(postgres_url: str) -> None:
    await asyncio.gather(*(migrate(postgres_url) for _ in range(4)))

    assert await revisions(postgres_url) == (NEWEST, NEWEST)


async def test_who_makes_no_tables_waits_for_nobody_who_does(migrated_postgres: str) -> None:
    with psycopg.connect(migrated_postgres, autocommit=True) as frozen:
        frozen.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
        start = asyncio.create_task(migrate(migrated_postgres))
        through, _ = await asyncio.wait([start], timeout=30.0)
    await start

    assert through == {start}


async def test_who_makes_tables_waits_for_another_who_does_and_says_so(postgres_url: str) -> None:
    with capture_logs() as lines, psycopg.connect(postgres_url, autocommit=True) as frozen:
        frozen.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
        start = asyncio.create_task(migrate(postgres_url))
        while not lines and not start.done():
            await asyncio.wait([start], timeout=0.05)
        before = await revisions(postgres_url)
        frozen.execute("SELECT pg_advisory_unlock(%s)", (MIGRATING,))
        await start

    assert lines[0]["event"] == "another process brings the tables up to date"
    assert (before, await revisions(postgres_url)) == ((None, NEWEST), (NEWEST, NEWEST))


async def test_a_newer_postgresql_database_is_told_without_its_password(postgres_url: str) -> None:
    url = postgres_url.replace("postgres@", "postgres:canary@")
    await migrate(url)
    with sa.create_engine(sync_url(url), poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabase) as raised:
        await migrate(url)

    assert (raised.value.place, raised.value.now) == (place(url), "9999")
    assert "canary" not in str(raised.value)


async def test_a_server_that_is_away_may_come_back_and_a_missing_database_does_not(postgres: Server) -> None:
    away = "postgresql://postgres@127.0.0.1:9/countersign"
    missing = sa.make_url(postgres.url).set(database="no_such_database").render_as_string(hide_password=False)

    with pytest.raises(NotADatabase) as silent:
        await migrate(away)
    with pytest.raises(NotADatabase) as wrong:
        await revisions(missing)

    assert (silent.value.passing, wrong.value.passing) == (True, False)
    assert "no_such_database" in wrong.value.why

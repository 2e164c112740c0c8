"""What the doctor finds where the database is a PostgreSQL."""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot.doctor.database import EACH, SKEW_MOST
from bot.migrating import move_to
from bot.store import replicas
from tests.postgres import OwnServer
from tests.rooms.slack.installation import Installation, installation
from tests.rooms.store.ledgers import NEWEST, opened
from tests.rooms.test_doctor import NAMES
from tests.unit.slack.making import NOW

MORE = ["database rights", "database connections", "database clock", "replicas"]
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
async def whole(tmp_path: Path, migrated_postgres: str) -> AsyncIterator[Installation]:
    """Everything in working order, on a PostgreSQL whose clock is right."""
    async with installation(tmp_path) as whole:
        whole.variables["COUNTERSIGN_DATABASE_URL"] = with_password(migrated_postgres)
        whole.time.jump(time.time() - NOW)
        yield whole


def with_password(url: str) -> str:
    """Return ``url`` with a password that must not be seen; the tests' server takes any."""
    return make_url(url).set(password="canary").render_as_string(hide_password=False)


def at(url: str, *, database: str | None = None, password: str | None = None) -> str:
    return make_url(url).set(database=database, password=password).render_as_string(hide_password=False)


@LANGUAGES
async def test_where_all_is_well_every_finding_is_good(whole: Installation, language: str) -> None:
    findings = await whole.findings(COUNTERSIGN_LANGUAGE=language)

    place = NAMES.index("database") + 1
    assert list(findings) == [*NAMES[:place], *MORE, *NAMES[place:]]
    assert all(finding.ok and finding.found and not finding.mend for finding in findings.values())
    assert NEWEST in findings["database"].found
    assert "canary" not in str(findings)


@LANGUAGES
async def test_a_record_that_can_be_changed_is_told_with_its_table(whole: Installation, language: str) -> None:
    with psycopg.connect(whole.variables["COUNTERSIGN_DATABASE_URL"]) as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER events_only_added")

    wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)
    assert wrong.keys() == {"record"}
    assert "events" in wrong["record"].found


@LANGUAGES
async def test_an_empty_database_is_good_and_left_empty(whole: Installation, postgres_url: str, language: str) -> None:
    findings = await whole.findings(COUNTERSIGN_DATABASE_URL=postgres_url, COUNTERSIGN_LANGUAGE=language)

    with psycopg.connect(postgres_url) as connection:
        made = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert all(finding.ok for finding in findings.values())
    assert made == (0,)


@LANGUAGES
async def test_a_server_that_is_away_is_told_without_the_password(whole: Installation, language: str) -> None:
    away = "postgresql://someone:canary@127.0.0.1:9/countersign"

    wrong = await whole.wrong(COUNTERSIGN_DATABASE_URL=away, COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database"}
    assert "someone:***@127.0.0.1:9/countersign" in wrong["database"].found
    assert "refused" in wrong["database"].found
    assert "countersign run" in wrong["database"].mend


@LANGUAGES
async def test_a_database_that_is_not_there_is_told_by_name(whole: Installation, language: str) -> None:
    missing = at(whole.variables["COUNTERSIGN_DATABASE_URL"], database="no_such_database")

    wrong = await whole.wrong(COUNTERSIGN_DATABASE_URL=missing, COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database"}
    assert 'database "no_such_database" does not exist' in wrong["database"].found
    assert "CREATE DATABASE" in wrong["database"].mend


async def test_what_a_user_may_not_do_is_told(whole: Installation, own_postgres: OwnServer) -> None:
    url = own_postgres.locked(own_postgres.fresh(), user="app", password="canary")

    wrong_password = await whole.wrong(COUNTERSIGN_DATABASE_URL=at(url, password="canary-wrong"))
    empty = await whole.wrong(COUNTERSIGN_DATABASE_URL=url)

    assert wrong_password.keys() == {"database"}
    assert 'password authentication failed for user "app"' in wrong_password["database"].found
    assert empty.keys() == {"database rights"}
    assert empty["database rights"].found.startswith("app ")
    assert "GRANT CREATE ON DATABASE" in empty["database rights"].mend


async def test_who_may_make_no_tables_where_none_is_missing_is_told_of_the_next_upgrade(
    whole: Installation, own_postgres: OwnServer
) -> None:
    fresh = own_postgres.fresh()
    await move_to(NEWEST, fresh, whole.time, force=False)
    url = own_postgres.locked(fresh, user="app", password="canary")
    with psycopg.connect(fresh) as connection:
        connection.execute("CREATE SCHEMA dbos; GRANT SELECT ON ALL TABLES IN SCHEMA public TO app")

    findings = await whole.findings(COUNTERSIGN_DATABASE_URL=url)

    assert findings["database rights"].ok
    assert "next upgrade" in findings["database rights"].found


@LANGUAGES
async def test_older_tables_are_told_with_what_brings_them_up_to_date(whole: Installation, language: str) -> None:
    await move_to("0001", whole.variables["COUNTERSIGN_DATABASE_URL"], whole.time, force=False)

    wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database"}
    assert all(fact in wrong["database"].found for fact in ("0001", NEWEST))
    assert "countersign migrate" in wrong["database"].mend


@LANGUAGES
async def test_tables_of_a_later_version_are_told_with_the_way_back(whole: Installation, language: str) -> None:
    with psycopg.connect(whole.variables["COUNTERSIGN_DATABASE_URL"]) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database"}
    assert all(fact in wrong["database"].found for fact in ("9999", NEWEST))
    assert f"countersign migrate --to {NEWEST}" in wrong["database"].mend


@LANGUAGES
async def test_replicas_are_told_with_how_long_they_work(whole: Installation, language: str) -> None:
    async with opened(whole.variables["COUNTERSIGN_DATABASE_URL"]) as ledger, ledger.writing() as book:
        await replicas.join(book, "host-1", at=whole.time.now() - 2 * 3600 - 5 * 60)
        await replicas.join(book, "host-2", at=whole.time.now() + 5)  # its clock is ahead of ours
        await replicas.join(book, "host-0", at=whole.time.now())
        await replicas.bury(book, {"host-0"}, at=whole.time.now())

    found = (await whole.findings(COUNTERSIGN_LANGUAGE=language))["replicas"].found

    words = ("host-1 (for 2 h 5 min)", "host-2 (for 0 h 0 min)") if language == "en" else ("host-1（已 2 小时 5 分）",)
    assert all(word in found for word in words)
    assert "host-0" not in found


@LANGUAGES
async def test_more_replicas_than_the_server_has_connections_for_are_told(whole: Installation, language: str) -> None:
    url = whole.variables["COUNTERSIGN_DATABASE_URL"]
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert row
    async with opened(url) as ledger, ledger.writing() as book:
        for number in range(row[0] // EACH + 1):
            await replicas.join(book, f"host-{number}", at=whole.time.now())

    wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database connections"}
    assert str(EACH) in wrong["database connections"].found
    assert "max_connections" in wrong["database connections"].mend


@LANGUAGES
@pytest.mark.parametrize("ahead", [-2 * SKEW_MOST, 2 * SKEW_MOST])
async def test_a_clock_that_is_not_the_database_s_is_told(whole: Installation, ahead: float, language: str) -> None:
    whole.time.jump(-ahead)  # the database is ahead of us by so much then

    wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database clock"}
    told = int(re.findall(r"-?\d+", wrong["database clock"].found)[0])
    assert told == pytest.approx(ahead, abs=SKEW_MOST)

"""The doctor on SQLite: the file, its tables, and whether its record can be changed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import owning
from bot.store.migrate import migrate
from tests.rooms.slack.installation import Installation, installation
from tests.rooms.store.ledgers import NEWEST, behind, newer_database


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation(tmp_path) as whole:
        yield whole


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_record_that_can_be_changed_is_told_with_its_table(whole: Installation, language: str) -> None:
    url = whole.variables["COUNTERSIGN_DATABASE_URL"]
    with behind(url).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER links_only_added_delete")
    with owning(url):  # it is looked at beside a bot that works, too
        wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"record"}
    assert "links" in wrong["record"].found
    assert "events" not in wrong["record"].found
    assert "docs/audit.md" in wrong["record"].mend


async def test_a_database_that_is_not_migrated_is_told_and_not_touched(whole: Installation) -> None:
    path = whole.folder / "new.db"
    path.touch()

    wrong = await whole.wrong(COUNTERSIGN_DATABASE_URL=f"sqlite:///{path}")
    await migrate(f"sqlite:///{path}")
    mended = await whole.wrong(COUNTERSIGN_DATABASE_URL=f"sqlite:///{path}")

    assert wrong.keys() == {"database"}
    assert "countersign migrate" in wrong["database"].mend
    assert mended == {}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_database_that_is_not_there_yet_is_good_and_nothing_is_left_behind(
    whole: Installation, language: str
) -> None:
    (whole.folder / "empty").mkdir()
    url = f"sqlite:///{whole.folder}/empty/first.db"

    findings = await whole.findings(COUNTERSIGN_DATABASE_URL=url, COUNTERSIGN_LANGUAGE=language)

    assert all(finding.ok for finding in findings.values())
    assert f"{whole.folder}/empty/first.db" in findings["database"].found
    assert list((whole.folder / "empty").iterdir()) == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_database_of_a_later_version_is_told_with_both_revisions(whole: Installation, language: str) -> None:
    newer_database(whole.folder)

    wrong = await whole.wrong(COUNTERSIGN_LANGUAGE=language)

    assert wrong.keys() == {"database"}
    assert all(fact in wrong["database"].found for fact in ("countersign.db", "9999", NEWEST))
    assert "COUNTERSIGN_DATABASE_URL" in wrong["database"].mend


@pytest.mark.parametrize("name", ["missing/countersign.db", "garbage.db", "folder.db"])
async def test_a_database_that_can_not_be_opened_is_told_with_its_path(whole: Installation, name: str) -> None:
    (whole.folder / "garbage.db").write_bytes(b"no database, and long enough for a header" * 100)
    (whole.folder / "folder.db").mkdir()

    wrong = await whole.wrong(COUNTERSIGN_DATABASE_URL=f"sqlite:///{whole.folder}/{name}")

    assert wrong.keys() == {"database"}
    assert f"{whole.folder}/{name}" in wrong["database"].found


async def test_a_database_that_a_running_bot_uses_is_good(whole: Installation) -> None:
    with owning(whole.variables["COUNTERSIGN_DATABASE_URL"]):
        assert await whole.wrong() == {}

"""``countersign audit``: what it prints, its exit codes, and an export that proves itself without the product."""

import asyncio
import csv
import io
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.auditing import moment_of, told
from bot.store.export import Format, export
from bot.store.ledger import Ledger
from bot.store.tables import events, links
from bot.store.verify import Flaw, Wrong
from tests.rooms.store.ledgers import behind, database, opened, opened_change, rows, unguarded
from tests.rooms.test_cli import ended, started
from tests.unit.slack.making import NOW

DOCS = Path(__file__).resolve().parents[2] / "docs" / "audit.md"


@pytest.fixture
async def recorded(ledger: Ledger, url: str) -> str:
    """Record five events, a day apart, one of them by somebody with a name that a spreadsheet would compute."""
    async with ledger.writing() as book:
        await opened_change(book)
        for day, actor in enumerate(("=HYPERLINK(1)", "U0BOB", "U0BOB"), start=1):
            facts = {"why": '换了 "x",\n=1+1', "n": 0.1}
            await book.record(actor, "seen", at=NOW + day * 86400 + 0.25, change=1, facts=facts)
    return url


async def written(*arguments: str, url: str) -> tuple[int | None, str, str]:
    process = await started("audit", *arguments, COUNTERSIGN_DATABASE_URL=url, COUNTERSIGN_LOG_LEVEL="WARNING")
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_a_sound_record_is_told_with_its_head(recorded: str, ledger: Ledger) -> None:
    code, output, errors = await written("verify", url=recorded)
    head = (await rows(ledger, links))[-1]["hash"]

    assert (code, errors) == (0, "")
    assert output == f"5 events are as they were recorded. Their head: {head}\n"


async def test_a_head_from_slack_names_its_event(recorded: str, ledger: Ledger) -> None:
    head = (await rows(ledger, links))[2]["hash"]
    code, output, _ = await written("verify", "--head", f"`{head.upper()}`", url=recorded)

    assert code == 0
    assert f"{head} is the hash of event 3 of CR-1 (seen, 2023-11-15T22:13:20.25Z)" in output


async def test_a_head_that_no_event_has_is_an_alarm(recorded: str) -> None:
    code, output, errors = await written("verify", "--head", "0" * 64, url=recorded)

    assert code == 1
    assert "5 events are as they were recorded" in output
    assert "No sound event has the hash 0000" in errors


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        (Flaw(wrong=Wrong.CHANGED, event=3, after=2), "event 3 is not what was recorded"),
        (Flaw(wrong=Wrong.MISSING, event=3, after=2), "event 3 is missing. Up to event 2 all is as it was recorded."),
        (Flaw(wrong=Wrong.MISSING, after=2), "what followed event 2 is missing."),
        (Flaw(wrong=Wrong.CUT_OFF, event=5, after=4), "the record is cut off; event 5 is gone. Up to event 4"),
        (Flaw(wrong=Wrong.NOT_LINKED, event=3, after=2), "event 3 has no hash"),
        (Flaw(wrong=Wrong.NO_CHAIN), "The table chain has no row"),
        (Flaw(wrong=Wrong.MISPLACED, event=1), "event 1 doesn't follow event 0"),
        (Flaw(wrong=Wrong.END_DIFFERS, event=5, row="chain length"), "chain length tells of another end than event 5"),
        (Flaw(wrong=Wrong.ROW_DIFFERS, event=5, row="CR-1 state"), "CR-1 state is not what its events lead to"),
        (Flaw(wrong=Wrong.ROW_DIFFERS, row="G-3"), "G-3 is not what any event tells of. The events are as they"),
    ],
)
def test_the_first_bad_event_is_told_in_words(flaw: Flaw, words: str) -> None:
    assert words in told(flaw)


async def test_a_bad_event_is_an_alarm(recorded: str) -> None:
    with behind(recorded).begin() as connection:
        unguarded(connection)
        connection.exec_driver_sql("UPDATE events SET actor = 'x' WHERE id = 3")
    code, output, errors = await written("verify", url=recorded)

    assert (code, output) == (1, "")
    assert "Wrong: event 3 is not what was recorded" in errors


async def test_what_can_not_be_verified_is_told_with_what_to_do(tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path}/x.db"
    found = [
        await written("verify", "--head", "abc", url=missing),
        await written("verify", url=missing),
        await written("export", "--from", "yesterday", url=missing),
    ]
    await ended("migrate", "--to", "0002", COUNTERSIGN_DATABASE_URL=database(tmp_path))
    found.append(await written("verify", url=f"sqlite:///{tmp_path}/countersign.db"))

    words = ["for example: --head 0c1d", "x.db is not there", "For example: 2026-07-30", "Run: countersign migrate"]
    assert [(code, output) for code, output, _ in found] == [(2, "")] * 4
    assert [say in re.sub(r"[\s│]+", " ", errors) for say, (_, _, errors) in zip(words, found, strict=True)] == [
        True
    ] * 4
    assert not (tmp_path / "x.db").exists()


def exported(url: str, form: Format, *, since: float | None = None, until: float | None = None) -> str:
    with behind(url).connect() as connection:
        return "".join(export(connection, form, since=since, until=until))


async def test_an_export_holds_the_record(recorded: str, ledger: Ledger) -> None:
    kept = await rows(ledger, events)
    lines = [json.loads(line) for line in exported(recorded, Format.JSONL).splitlines()]
    assert [{name: line[name] for name in ("id", "change", "actor", "kind", "facts")} for line in lines] == [
        {name: row[name] for name in ("id", "change", "actor", "kind", "facts")} for row in kept
    ]
    assert lines[2]["at"] == "2023-11-15T22:13:20.25Z"
    assert [line["hash"] for line in lines] == [row["hash"] for row in await rows(ledger, links)]


@pytest.mark.parametrize(
    ("since", "until", "ids"),
    [
        ("2023-11-15", None, [3, 4, 5]),
        (None, "2023-11-16T22:13:20.25Z", [1, 2, 3]),
        ("2023-11-15", "2023-11-17T00:00+00:00", [3, 4]),
        ("2030-01-01", None, []),
        (None, "2000-01-01", []),
    ],
)
async def test_an_export_may_be_of_a_time(recorded: str, since: str | None, until: str | None, ids: list[int]) -> None:
    span = {name: moment_of(text) for name, text in (("since", since), ("until", until)) if text}

    assert [json.loads(line)["id"] for line in exported(recorded, Format.JSONL, **span).splitlines()] == ids


async def test_a_spreadsheet_computes_nothing_of_an_export(recorded: str) -> None:
    table = list(csv.DictReader(io.StringIO(exported(recorded, Format.CSV), newline="")))

    assert [row["actor"] for row in table] == ["U0ALICE", "U0ALICE", "'=HYPERLINK(1)", "U0BOB", "U0BOB"]
    assert [row["change"] for row in table] == ["", "CR-1", "CR-1", "CR-1", "CR-1"]
    assert json.loads(table[2]["facts"]) == {"why": '换了 "x",\n=1+1', "n": 0.1}
    assert datetime.fromisoformat(table[2]["at"]) == datetime.fromtimestamp(NOW + 86400.25, UTC)


def documented_verifier() -> str:
    return DOCS.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]


def proved(path: Path) -> tuple[int, str]:
    """Run the documented verifier over an export, without anything of the product."""
    program = [sys.executable, "-I", "-c", documented_verifier(), str(path)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


async def test_an_export_proves_itself_with_the_documented_lines(recorded: str, ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    code, output, _ = await written("export", "--output", str(path), url=recorded)
    head = (await rows(ledger, links))[-1]["hash"]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    broken = [
        [*lines[:3], lines[3].replace("U0BOB", "U0EVE"), *lines[4:]],
        [*lines[:3], *lines[4:]],
        [*lines[:4], lines[3], *lines[4:]],
    ]

    assert (code, output) == (0, "")
    assert len([line for line in documented_verifier().splitlines() if line]) <= 10
    assert await asyncio.to_thread(proved, path) == (0, f"5 events, head {head}\n")
    for edited in broken:
        path.write_text("".join(edited), encoding="utf-8")
        ended_with, said = await asyncio.to_thread(proved, path)
        assert (ended_with, "is not what was recorded" in said) == (1, True)


async def test_an_export_goes_to_the_terminal_as_well(tmp_path: Path) -> None:
    url = database(tmp_path)
    async with opened(url) as ledger, ledger.writing() as book:
        await opened_change(book)
    code, output, _ = await written("export", "--format", "csv", "--from", "2023-11-14", url=url)

    assert code == 0
    assert output == exported(url, Format.CSV)

"""docs/reliability.md is held to the tests it names and to the words it quotes."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from bot import texts

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
HEAD = ["what happened", "what the bot does", "what people see", "shown by"]
NAMED = re.compile(r"`([\w/]+)::(test_\w+)`")
QUOTED = re.compile("“([^”]+)”")


def tables(page: str) -> list[list[str]]:
    """Return every row of every table, as its cells."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]


ROWS = [row for row in tables(PAGE) if row != HEAD and set("".join(row)) != {"-"}]


@cache
def found_in(module: str) -> frozenset[str]:
    """Return the names of the tests in ``tests/<module>.py``; none where there is no such file."""
    path = ROOT / "tests" / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def faults(row: list[str]) -> list[str]:
    """Return what of ``row`` isn't so."""
    if len(row) != len(HEAD) or not all(row):
        return [f"not {len(HEAD)} cells, all of them filled"]
    words, named = QUOTED.findall(row[2]), NAMED.findall(row[3])
    said = texts.catalog("en").values()
    return [
        *(["no words of what people see"] if not words else []),
        *(["no test"] if NAMED.sub("", row[3]).strip() or not named else []),
        *(f"nobody reads {word!r}" for word in words if not any(word in text for text in said)),
        *(f"no test {module}::{test}" for module, test in named if test not in found_in(module)),
    ]


def test_every_table_has_the_same_columns() -> None:
    sections = [part for part in PAGE.split("\n## ")[1:] if "|" in part]

    assert sections
    assert all(tables(section)[0] == HEAD for section in sections)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_every_row_names_tests_that_there_are_and_words_that_people_read(row: list[str]) -> None:
    assert faults(row) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (["it broke", "nothing", "“Outcome unknown: a call for”"], "not 4 cells, all of them filled"),
        (["it broke", "", "“Outcome unknown: a call for”", "`unit/test_reliability::test_x`"], "not 4 cells"),
        (["it broke", "waits", "a card", "`unit/test_readme::test_x`"], "no words of what people see"),
        (["it broke", "waits", "“nobody ever said this”", "`unit/test_readme::test_x`"], "nobody reads"),
        (["it broke", "waits", "“Outcome unknown: a call for”", "somewhere"], "no test"),
        (
            ["it broke", "waits", "“Outcome unknown: a call for”", "`unit/test_readme::test_x`"],
            "no test unit/test_readme",
        ),
        (["it broke", "waits", "“Outcome unknown: a call for”", "`unit/nowhere::test_x`"], "no test unit/nowhere"),
    ],
)
def test_a_row_that_is_not_so_is_found(row: list[str], fault: str) -> None:
    assert any(fault in one for one in faults(row))

"""docs/identity.md is held to the tests it names and to the words it quotes, as docs/reliability.md is."""

from pathlib import Path

import pytest

from tests.unit.test_reliability import HEAD, NAMED, faults, found_in, tables

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
ROWS = [row for row in tables(PAGE) if row != HEAD and set("".join(row)) != {"-"}]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_every_row_names_tests_that_there_are_and_words_that_people_read(row: list[str]) -> None:
    assert faults(row) == []


def test_every_test_that_is_named_between_the_tables_is_there() -> None:
    named = NAMED.findall(PAGE)

    assert [f"{module}::{test}" for module, test in named if test not in found_in(module)] == []


def test_the_page_has_a_row_for_each_thing_that_is_checked() -> None:
    assert len(ROWS) > 25

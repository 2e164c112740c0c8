"""docs/policy.md names what an approval rests on, and what is tolerated, as the operations declare it."""

import re
from pathlib import Path

from bot.domain.operation import OPERATIONS
from tests.unit.slack.making import CHANGE
from tests.unit.test_reliability import tables

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## What an approval rests on")[2].partition("\n## ")[0]


def told(tolerance: str) -> set[str]:
    """Return the facts in the row whose tolerance begins so."""
    [row] = [row for row in tables(SECTION) if row[1].startswith(tolerance)]
    return set(re.findall(r"`([a-z_]+)`", row[0]))


def test_every_fact_that_is_compared_is_told_with_what_is_tolerated() -> None:
    compared = set(CHANGE.operation.relies_on(CHANGE.facts))
    eases = {fact for operation in OPERATIONS.values() for fact in operation.description.eases}

    assert told("that the backend is no longer") == eases
    assert told("nothing:") == compared - eases

"""docs/policy.md names every key and shows what is."""

import re

import pytest

from bot.domain.policy import LiveFact
from bot.policy_file.cases import CASE_KEYS, EXPECT_KEYS, OUTCOMES
from bot.policy_file.cases import TOP_KEYS as CASES_KEYS
from bot.policy_file.emergency import EMERGENCY_KEYS
from bot.policy_file.freezes import CALENDAR_KEYS, FREEZE_KEYS
from bot.policy_file.grants import GRANTS_KEYS
from bot.policy_file.groups import GROUP_KEYS
from bot.policy_file.reading import DEFAULT_KEYS, TOP_KEYS
from bot.policy_file.rules import RULE_KEYS, STAGE_KEYS
from bot.policy_file.windows import WINDOW_KEYS
from tests.unit.policy_file.files import mistakes
from tests.unit.policy_file.pages import PAGE, with_shown

TEXT = PAGE.read_text(encoding="utf-8")
SECTIONS: dict[str, set[str]] = {
    "[defaults]": {*DEFAULT_KEYS},
    "[groups]": {*GROUP_KEYS},
    "[windows]": {*WINDOW_KEYS},
    "[freeze]": {*FREEZE_KEYS, *CALENDAR_KEYS} - {"calendar"},
    "[grants]": {*GRANTS_KEYS},
    "[emergency]": {*EMERGENCY_KEYS},
    "Every key": {*RULE_KEYS, *STAGE_KEYS, *LiveFact},
    "The table of cases": {*CASE_KEYS, *EXPECT_KEYS, *OUTCOMES},
}


def section(title: str) -> str:
    """Return the part of the page under the heading that holds ``title``, its own subsections included."""
    found = re.search(rf"^(#+) `?{re.escape(title)}`?\n(.*?)(?=^(?!\1#)#{{1,6}} |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return found[2]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_explained(title: str) -> None:
    named = set(re.findall(r"`([^`]+)`", section(title)))

    assert SECTIONS[title] - named == set()


def test_every_table_of_both_files_is_explained() -> None:
    named = set(re.findall(r"`\[+(\w+)\]+`", TEXT))

    assert {*TOP_KEYS, *CASES_KEYS} - {*DEFAULT_KEYS, "case"} - named == set()


def test_every_policy_on_the_page_can_be_used() -> None:
    shown = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)

    assert len(shown) == 2
    assert [mistakes(text.replace("year-end.ics", "days.ics")) for text in shown] == [[], []]


def test_the_page_shows_the_files_beside_it_and_what_comes_of_the_cases() -> None:
    """Bring it up to date with: python -m tests.unit.policy_file.pages."""
    assert with_shown(TEXT) == TEXT

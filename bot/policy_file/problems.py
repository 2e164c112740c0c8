"""What can be wrong with a policy file, each with its line; the sentences live in ``bot/texts``."""

import pathlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot import texts
from bot.policy_file.places import Path

_LINE = re.compile(r"line (\d+)")  # as tomllib tells where a syntax error is


class Fault(StrEnum):
    """Every kind of mistake; each names a reason and a fix in ``bot/texts`` (``policy/<fault>/why``, ``/fix``)."""

    NOT_UTF8 = "not_utf8"
    NOT_TOML = "not_toml"
    UNKNOWN_KEY = "unknown_key"
    MISSING_KEY = "missing_key"
    SAID_TWICE = "said_twice"
    NOT_A_TABLE = "not_a_table"
    NOT_TABLES = "not_tables"
    NOT_TEXT = "not_text"
    NOT_TEXTS = "not_texts"
    NOT_WHOLE = "not_whole"
    NOT_A_FLAG = "not_a_flag"
    BAD_NAME = "bad_name"
    NAME_TAKEN = "name_taken"
    GROUP_NEEDS_ONE = "group_needs_one"
    BAD_SLACK_GROUP = "bad_slack_group"
    BAD_PERSON = "bad_person"
    ON_CALL_PEOPLE = "on_call_people"
    WINDOW_NEEDS_ONE = "window_needs_one"
    BAD_DAYS = "bad_days"
    BAD_TIME = "bad_time"
    EMPTY_WINDOW = "empty_window"
    BAD_ZONE = "bad_zone"
    CALENDAR_UNREADABLE = "calendar_unreadable"
    NOT_A_CALENDAR = "not_a_calendar"
    CALENDAR_NEEDS_ZONE = "calendar_needs_zone"
    CALENDAR_TOO_LONG = "calendar_too_long"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_WINDOW = "unknown_window"
    UNKNOWN_FACT = "unknown_fact"
    UNKNOWN_OPERATION = "unknown_operation"
    BAD_GLOB = "bad_glob"
    BAD_CHANNEL = "bad_channel"
    ASKS_NOTHING = "asks_nothing"
    ASKS_TWICE = "asks_twice"
    DENIES_AND_ASKS = "denies_and_asks"
    TOO_FEW_PEOPLE = "too_few_people"
    REVIEWS_OWN = "reviews_own"
    BAD_CONFIRM = "bad_confirm"
    BAD_REASON = "bad_reason"
    BAD_EXAMPLE = "bad_example"
    EXAMPLE_TOO_SHORT = "example_too_short"
    UNREACHABLE = "unreachable"
    LAST_HAS_CONDITIONS = "last_has_conditions"
    CALENDAR_TAKEN = "calendar_taken"
    NOT_A_MOMENT = "not_a_moment"
    UNKNOWN_GROUP = "unknown_group"
    NOT_PRESENT = "not_present"
    UNKNOWN_OUTCOME = "unknown_outcome"
    UNKNOWN_RULE = "unknown_rule"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. ``line`` counts from 1. ``facts`` fill the sentences in."""

    line: int
    fault: Fault
    facts: Mapping[str, object]

    def why(self, language: str) -> str:
        """Return what is wrong."""
        return texts.say(language, f"policy/{self.fault}/why", **self.facts)

    def fix(self, language: str) -> str:
        """Return what would be right, with an example."""
        return texts.say(language, f"policy/{self.fault}/fix", **self.facts)

    def told(self, language: str, path: pathlib.Path) -> str:
        """Return the line of the file at ``path``, what is wrong and what would be right."""
        facts = {"path": path, "line": self.line, "why": self.why(language), "fix": self.fix(language)}
        return texts.say(language, "policy_check/problem", **facts)


class BadPolicy(Exception):
    """A policy, or a table of its cases, that can't be used. ``problems`` are all its mistakes, by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))

    def told(self, language: str, path: pathlib.Path) -> tuple[str, ...]:
        """Return every problem of the file at ``path`` as one line of text."""
        return tuple(problem.told(language, path) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Findings:
    """The mistakes found so far in one text; ``places`` are the lines of its values."""

    places: Mapping[Path, int]
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: Path, fault: Fault, /, **facts: object) -> None:
        """Note a mistake at ``path``, or at the nearest thing around it that stands in the text."""
        here = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in self.places)
        listed = {name: ", ".join(map(str, value)) for name, value in facts.items() if isinstance(value, tuple)}
        self.problems.append(Problem(self.places[here], fault, {**facts, **listed}))

    def settle(self) -> None:
        """Let pass only what has no mistakes.

        Raises:
            BadPolicy: with all of them.
        """
        if self.problems:
            raise BadPolicy(self.problems)


def not_toml(error: Exception, text: str) -> BadPolicy:
    """Return what ``tomllib`` says of ``text`` as a problem on its line, the last one where it names none."""
    line = _LINE.search(str(error))
    last = text.count("\n") + 1
    return BadPolicy([Problem(int(line[1]) if line else last, Fault.NOT_TOML, {"error": error})])

"""Both languages say the same; every text is wanted by the code, and every text that the code wants is there."""

import re

import pytest

from bot import texts
from bot.cloud.codes import EVERY_CODE
from bot.domain.change import Ending, State
from bot.domain.command import NotUnderstood, ProblemCode
from bot.domain.command.options import AT, WINDOW
from bot.domain.command.terms import BACKENDS, LASTS, USES
from bot.domain.operation import OPERATIONS
from bot.domain.starts import START
from bot.policy_file.cases import OUTCOMES
from bot.policy_file.cli import COLUMNS
from bot.policy_file.problems import Fault
from bot.slack.cards import ACTIONS
from bot.slack.lines import NOT_RUN, STEPS
from bot.slack.sending import SEND
from bot.slack.stories import ENDS as STORY_ENDS
from bot.store.story import KINDS
from tests.unit.slack.making import CHANGE, ENDS
from tests.unit.texts.sources import calls, constant, constants, name_of, placeholders, refusals

CODE = re.compile(r"`[^`]*`")
ENGLISH, CHINESE = texts.catalog("en"), texts.catalog("zh")
OWN_SENTENCES = frozenset({NotUnderstood})  # told problem by problem, by bot.slack.answers
VERBS = frozenset(OPERATIONS)
FIELDS = frozenset(field.name for kind in OPERATIONS.values() for field in kind.description.fields)


def table(prefix: str) -> frozenset[str]:
    """Return the rest of every key that begins with ``prefix``."""
    return frozenset(key.removeprefix(f"{prefix}/") for key in ENGLISH if key.startswith(f"{prefix}/"))


def of_doctor() -> frozenset[str]:
    """Return the keys that the doctor's findings ask for."""
    parts = {"good": ("good",), "bad": ("bad", "mend")}
    asked = [(constant(call.args[1]), parts[name_of(call)]) for call in calls() if name_of(call) in parts]
    return frozenset(f"doctor/{key}/{part}" for key, wanted in asked for part in wanted)


FAMILIES = {
    "refusal": frozenset(kind.code for kind in refusals() if kind not in OWN_SENTENCES),
    "problem": frozenset(ProblemCode),
    "state": frozenset(State),
    "ending": frozenset(Ending),
    "fact": frozenset(CHANGE.operation.relies_on(CHANGE.facts)) | {"rule", "freeze", "approvals", START},
    "card/title": VERBS,
    "help/verb": VERBS,
    "field": FIELDS | {"verb", "reason", AT, WINDOW, LASTS, USES, BACKENDS},
    "button": frozenset({*ACTIONS, SEND, "label"}),
    "step": frozenset({*STEPS, *NOT_RUN, "waiting", "held", "settling", "watching_unread", "line"}),
    "cloud": frozenset(f"{code}/{part}" for code in EVERY_CODE for part in ("meaning", "advice")),
    "story": frozenset(
        {*(kind.rpartition(".")[2] for kind in KINDS if kind not in STORY_ENDS), "ended", "title", "more", "in_advance"}
    ),
    "result/health": frozenset({"alive", "not_alive"}),
    "policy": frozenset(f"{fault}/{part}" for fault in Fault for part in ("why", "fix")),
    "policy_column": frozenset(COLUMNS),
    "policy_outcome": frozenset(OUTCOMES),
}


def test_both_languages_have_the_same_keys() -> None:
    assert ENGLISH.keys() == CHINESE.keys()


def test_every_text_needs_the_same_facts_in_both_languages() -> None:
    differing = {key for key in ENGLISH if placeholders(ENGLISH[key]) != placeholders(CHINESE[key])}

    assert differing == set()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_text_is_empty_or_ends_in_blanks(language: str) -> None:
    loose = {key: text for key, text in texts.catalog(language).items() if not text or text != text.strip()}

    assert loose == {}


def test_every_chinese_text_is_chinese_where_the_english_one_is_words() -> None:
    same = {key for key in ENGLISH if ENGLISH[key] == CHINESE[key]}

    assert same == {"value/text", "command/problem", "step/line", "button/label", "doctor/policy/mend"}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_a_family_of_texts_has_exactly_one_for_each_thing_that_can_be_said(family: str) -> None:
    assert table(family) == FAMILIES[family]


def test_the_doctor_has_exactly_the_texts_that_it_asks_for() -> None:
    fixed = {key for key in constants() if key.startswith("doctor/") and not key.endswith("/")}

    assert {key for key in ENGLISH if key.startswith("doctor/")} == of_doctor() | fixed


def test_no_two_refusals_share_a_sentence() -> None:
    codes = [kind.code for kind in refusals()]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("state", State)
def test_the_card_has_a_status_for_every_state_and_every_ending_that_leads_there(state: State) -> None:
    key = f"card/status/{state}"
    endings = {ending for ending in Ending if ENDS[ending] is state}

    assert (key in ENGLISH) == (not endings)
    assert (f"{key}/other" in ENGLISH) == bool(endings)
    assert table(key) <= endings | {"other"}


def test_every_other_text_is_named_in_the_code() -> None:
    families = tuple(f"{family}/" for family in (*FAMILIES, "doctor", "card/status"))
    results = {f"result/{state}" for state in (State.REJECTED, State.EXPIRED, State.CANCELLED)}
    others = {key for key in ENGLISH if not key.startswith(families)}

    assert others - constants() == results


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_is_bold_stands_apart_from_words(language: str) -> None:
    """An asterisk that touches a letter is an asterisk, and Chinese writes no spaces of its own accord."""
    touching = {key for key, text in texts.catalog(language).items() if _touches(text)}

    assert touching == set()


def _touches(text: str) -> bool:
    """Say whether a bold part of ``text`` touches a letter, or a fact that may begin or end with one."""
    pieces = CODE.sub("", text).split("*")
    return any(
        re.search(r"[\w}]$", pieces[n - 1]) or re.match(r"[\w{]", pieces[n + 1]) for n in range(1, len(pieces) - 1, 2)
    )

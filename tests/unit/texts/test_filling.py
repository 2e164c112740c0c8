"""Every text can be filled with the facts that the code passes."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.domain.change import State
from bot.domain.command import NotUnderstood
from bot.domain.errors import Refusal
from bot.slack.wording import DAY_AND_TIME, Wording, date, escape, mention, place
from tests.unit.texts.sources import (
    calls,
    constant,
    documented_facts,
    keywords,
    name_of,
    placeholders,
    refusals,
    trees,
)

ENGLISH = texts.catalog("en")
KINDS = [kind for kind in refusals() if kind is not NotUnderstood]
VALUES: dict[str, st.SearchStrategy[object]] = {
    "have": st.lists(st.text(max_size=40), max_size=5),
    "state": st.sampled_from(State),
    "at": st.floats(0, 4e9),
    "until": st.none() | st.floats(0, 4e9),
    "starts": st.floats(0, 4e9),
    "by": st.from_regex(r"U[A-Z0-9]{8}", fullmatch=True),
    "frozen_by": st.from_regex(r"U[A-Z0-9]{8}|[a-z][a-z0-9-]{0,8}", fullmatch=True),
    "requester": st.from_regex(r"U[A-Z0-9]{8}", fullmatch=True),
    "channel": st.from_regex(r"[CDG][A-Z0-9]{8}", fullmatch=True),
    "change": st.integers(1, 10**6).map("CR-{}".format),
}
PLAIN = st.text(max_size=80) | st.integers()


def raised() -> dict[str, list[frozenset[str] | None]]:
    """Return what each ``raise Kind(…)`` passes, by the kind's name."""
    found: dict[str, list[frozenset[str] | None]] = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                found.setdefault(name_of(node.exc), []).append(keywords(node.exc))
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
                found.setdefault(node.exc.id, []).append(frozenset())
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_refusal_needs_no_fact_that_it_does_not_document(kind: type[Refusal]) -> None:
    assert placeholders(ENGLISH[f"refusal/{kind.code}"]) <= documented_facts(kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_refusal_is_raised_with_the_facts_that_it_documents(kind: type[Refusal]) -> None:
    sites = raised()[kind.__name__]

    assert [site for site in sites if site != documented_facts(kind)] == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
@given(choice=st.data())
def test_any_refusal_can_be_told_with_its_documented_facts(language: str, choice: st.DataObject) -> None:
    kind = choice.draw(st.sampled_from(KINDS))
    facts = {name: choice.draw(VALUES.get(name, PLAIN)) for name in sorted(documented_facts(kind))}

    told = Wording(language).refusal(kind(**facts))

    assert told
    assert set(re.findall(r"<[^>]*>", told)) <= _entities(facts)
    assert all(escape(str(facts[name])) in told for name in placeholders(_text(language, kind)) - VALUES.keys())


def _text(language: str, kind: type[Refusal]) -> str:
    return texts.catalog(language)[f"refusal/{kind.code}"]


def _entities(facts: dict[str, object]) -> set[str]:
    """Return the entities that we build ourselves: mentions, channels, and moments."""
    people = {mention(str(facts[name])) for name in ("by", "requester", "frozen_by") if name in facts}
    ends = {Wording("en").end(float(str(facts["until"])))} if facts.get("until") is not None else set()
    channels = {place(str(facts[name])) for name in ("channel",) if name in facts}
    forms = {"at": "{time}", "starts": DAY_AND_TIME}
    moments = {date(float(str(facts[name])), form) for name, form in forms.items() if name in facts}
    return {*people, *channels, *ends, *moments}


def test_every_text_that_is_said_by_name_gets_the_facts_that_it_needs() -> None:
    said = [
        (constant(argument), keywords(call))
        for call in calls()
        for argument in call.args[:2]  # texts.say has the language first
        if name_of(call) == "say" and "/" in constant(argument)
    ]

    assert len(said) > 20
    assert {key for key, passed in said if passed is not None and placeholders(ENGLISH[key]) - passed} == set()


def test_the_doctor_passes_the_facts_that_its_texts_need() -> None:
    parts = {"_good": ("good",), "_bad": ("bad", "mend")}
    told = [
        (f"doctor/{constant(call.args[1])}/{part}", keywords(call))
        for call in calls()
        for part in parts.get(name_of(call), ())
    ]

    assert {key for key, passed in told if passed is not None and placeholders(ENGLISH[key]) - passed} == set()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_text_that_is_not_there_and_a_fact_that_is_missing_are_key_errors(language: str) -> None:
    with pytest.raises(KeyError, match="refusal/no_such"):
        texts.say(language, "refusal/no_such")
    with pytest.raises(KeyError, match="change"):
        texts.say(language, "refusal/too_late", at=0)


def test_braces_in_a_fact_are_only_characters() -> None:
    told = texts.say("en", "refusal/no_such_change", change="{change} {0} {oops}")

    assert told == "There is no {change} {0} {oops}."

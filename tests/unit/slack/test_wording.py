"""Foreign text is inert; facts read as people say them."""

import re

import pytest
from hypothesis import given

from bot.domain.errors import Blame, CallRefused
from bot.domain.facts import UNSET
from bot.slack.wording import Mrkdwn, Wording, code, date, escape, mention
from bot.store.book import AlreadyOpen
from bot.texts import LANGUAGES
from tests.unit.slack.drawn import MARKER, entities, hostile

WORDS = Wording("en")


def error(code_: str, **more: float) -> CallRefused:
    return CallRefused(code_, action="DescribeBmListeners", blame=Blame.AUTH, request_id="r-1", **more)  # type: ignore[arg-type]  # its own facts


@given(text=hostile)
def test_escaped_text_is_read_back_as_it_was_and_holds_no_entity(text: str) -> None:
    made = escape(text)

    assert entities(MARKER.mark(made, links=False, names=False)) == set()
    assert made.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(text=hostile)
def test_a_backtick_can_not_end_inline_code(text: str) -> None:
    made = code(text)

    assert made.count("`") == 2
    assert made[0] == made[-1] == "`"
    assert entities(MARKER.mark(made, links=False, names=False)) == set()


@given(text=hostile)
def test_a_fact_is_escaped_once_and_what_is_ready_is_not_escaped_again(text: str) -> None:
    assert WORDS.say("value/text", text=text) == escape(text)
    assert WORDS.say("value/text", text=escape(text)) == escape(text)
    assert isinstance(WORDS.say("value/text", text=text), Mrkdwn)


def test_a_moment_falls_back_to_utc() -> None:
    assert date(1_700_000_000.9) == "<!date^1700000000^{time}|2023-11-14 22:13 UTC>"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "on"), (False, "off"), (None, "not known"), (UNSET, "not set"), (8080, "8080"), (1, "1"), (0, "0")],
)
def test_a_fact_reads_as_a_person_says_it(value: object, expected: str) -> None:
    assert WORDS.value(value) == expected


def test_a_refusal_mentions_people_and_names_states() -> None:
    told = WORDS.refusal(AlreadyOpen(change="CR-3", state="PENDING", requester="U0ALICE"))

    assert mention("U0ALICE") in told
    assert "waiting for a second person" in told


@pytest.mark.parametrize("have", [(), [], "not a list"])
def test_nothing_near_is_said_as_none(have: object) -> None:
    assert "Near ones: none." in WORDS.refused("load_balancer_not_found", {"load_balancer": "lb-x", "have": have})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cloud_error_tells_code_meaning_advice_and_the_id_to_quote(language: str) -> None:
    words = Wording(language)
    meaning, advice = words.cloud("4104")

    told = words.cloud_error(error("4104"))

    assert all(part in told for part in ("4104", meaning, advice, "r-1"))


def test_a_code_nobody_knows_is_told_by_its_family_or_as_unknown() -> None:
    assert WORDS.cloud("FailedOperation.BrandNew") == WORDS.cloud("FailedOperation")
    assert WORDS.cloud("77777") == WORDS.cloud("unknown")


@pytest.mark.parametrize(
    ("skew", "expected"),
    [
        (400.4, "The cloud's clock is 400 s ahead of this machine's."),
        (-400.4, "The cloud's clock is 400 s behind this machine's."),
        (1.0, None),
    ],
)
def test_a_clock_that_differs_is_told_with_its_direction(skew: float, expected: str | None) -> None:
    told = WORDS.cloud_error(error("4500", skew=skew))

    assert re.findall(r"The cloud's clock is .*", told) == ([expected] if expected else [])

"""What would come of a request, in words, and the button that sends it."""

from dataclasses import replace

import pytest
from hypothesis import given

from bot.domain.asks import Asks, Ruled, Stage
from bot.domain.command import Request, render
from bot.engine.previewing import Outlook
from bot.sandbox.slack.blockkit.flaws import message_flaws
from bot.slack.cards import TEXT_MAX
from bot.slack.outlooks import NAMED_MOST, outlook_text
from bot.slack.sending import SEND, VALUE_MAX, blocks, offer
from bot.slack.wording import Mrkdwn, Wording, mention
from bot.texts import LANGUAGES
from tests.unit.slack.drawn import entities, hostile, stored
from tests.unit.slack.making import CHANGE, OPERATION

EN = Wording("en")
RULED = Ruled(name="two of the team", version="0123", asks=Asks(stages=(Stage(approvers=("team",), count=2),)))
TEAM = [f"U{number}" for number in range(9)]
LINE = render(Request(operation=OPERATION, reason=CHANGE.reason))


def outlook(able: list[str], on_call: list[str]) -> Outlook:
    change = replace(CHANGE, id=0, ruled=RULED)
    return Outlook(change=change, able=frozenset(able), on_call=frozenset(on_call))


def told(seen: Outlook, words: Wording = EN) -> Mrkdwn:
    return outlook_text(seen, words, line=f"/lb {LINE}")


@pytest.mark.parametrize(
    ("able", "on_call", "said"),
    [
        (TEAM, ["U8"], "*9 people can approve this, 1 is on call*"),
        (TEAM[:1], [], "*1 person can approve this, nobody is on call*"),
        (TEAM[:3], TEAM[:2], "*3 people can approve this, 2 are on call*"),
    ],
)
def test_it_counts_who_can_approve(able: list[str], on_call: list[str], said: str) -> None:
    assert said in told(outlook(able, on_call))


def test_of_many_people_a_few_are_named_who_is_on_call_first() -> None:
    text = told(outlook(TEAM, ["U8", "U7"]))

    named = [mention(one) for one in ("U7", "U8", "U0", "U1", "U2")]
    assert len(named) == NAMED_MOST
    assert f"{', '.join(named)} and 4 more" in text


def test_nothing_of_it_is_named_like_a_change() -> None:
    assert "CR-" not in told(outlook(TEAM, []))


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_button_is_valid_and_carries_the_line_and_the_preview(language: str) -> None:
    words = Wording(language)
    text = told(outlook(TEAM, TEAM), words)

    drawn = blocks(text, offer(text, LINE, words)["send"], key="0" * 64)

    assert message_flaws(drawn) == []
    assert drawn[1]["block_id"] == f"{SEND}:{'0' * 64}"
    assert drawn[1]["elements"][0]["value"] == LINE


@pytest.mark.parametrize(("text", "line"), [(TEXT_MAX + 1, 1), (1, VALUE_MAX + 1)])
def test_what_slack_takes_no_button_for_has_none(text: int, line: int) -> None:
    assert offer(Mrkdwn("x" * text), "x" * line, EN) == {}
    assert offer(Mrkdwn("x" * (text - 1)), "x" * (line - 1), EN)


@pytest.mark.parametrize("language", LANGUAGES)
@given(line=hostile)
def test_nothing_that_was_typed_becomes_a_mention(line: str, language: str) -> None:
    seen = outlook([], [])
    plain = {found for text in stored(outlook_text(seen, Wording(language), line=""), []) for found in entities(text)}
    text = outlook_text(seen, Wording(language), line=line)

    assert {found for one in stored(text, []) for found in entities(one)} == plain

"""What the card of an emergency says of the freezes that it goes through."""

from dataclasses import replace

import pytest

from bot.domain.change import Change, Ending, State
from bot.domain.freezes import Freeze
from bot.sandbox.slack.blockkit.flaws import message_flaws
from bot.slack.cards import card, summary
from bot.slack.lines import result
from bot.slack.wording import Wording
from bot.texts import LANGUAGES
from tests.unit.slack.making import APPROVER, CHANGE, GLASS, NOW, REQUESTER, changed

FREEZE = Freeze(id=3, load_balancer="*", by=APPROVER, until=NOW + 3600, reason="release week")
BOOKS = Freeze(id=None, load_balancer="lb-*", by="year-end", until=None, reason="the books are closed")
WORDS = Wording("en")


def through(state: State, *frozen: Freeze) -> Change:
    """Return an emergency that was opened while ``frozen``, as it would stand in ``state``."""
    ruled = replace(CHANGE.ruled, frozen=frozen)
    return changed(state, decided_by=REQUESTER, decided_at=NOW, review=GLASS, ruled=ruled)


@pytest.mark.parametrize("state", [State.APPROVED, State.RUNNING, State.CANCELLED, State.SUCCEEDED])
def test_it_says_so_once_and_for_good(state: State) -> None:
    text = summary(through(state, FREEZE, BOOKS), WORDS, command="/lb")

    lines = [line for line in text.split("\n") if "❄️" in line]
    assert [line.partition("until")[0].strip() for line in lines] == ["❄️ *It goes through a freeze*"] * 2
    assert f"by <@{APPROVER}>: release week" in lines[0]
    assert lines[1].endswith("the policy says otherwise, by the calendar “year-end”: the books are closed")


def test_it_says_so_too_where_the_freeze_was_set_after_it() -> None:
    found = {"overrides": [FREEZE.to_json()]}
    ended = replace(through(State.SUCCEEDED), ending=Ending.VERIFIED, findings=found)

    assert ended.overridden == (FREEZE,)
    assert "*It goes through a freeze*" in summary(ended, WORDS, command="/lb")
    assert replace(ended, ruled=replace(ended.ruled, frozen=(FREEZE,))).overridden == (FREEZE,)


def test_one_that_people_are_asked_about_goes_through_nothing() -> None:
    again = replace(through(State.PENDING, FREEZE), version=2)

    assert again.overridden == ()
    assert "❄️ *Frozen* until" in summary(again, WORDS, command="/lb")
    assert "It goes through" not in summary(again, WORDS, command="/lb")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_is_valid_and_fits(language: str) -> None:
    assert message_flaws(card(through(State.RUNNING, FREEZE, BOOKS), Wording(language), command="/lb")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_gives_the_line_that_signs_its_review(language: str) -> None:
    text = summary(through(State.RUNNING), Wording(language), command="/balancer")
    assert "`/balancer review CR-7 &lt;what you found&gt;`" in text


@pytest.mark.parametrize("state", [State.CANCELLED, State.REJECTED, State.EXPIRED])
def test_the_result_of_one_that_never_ran_says_how_it_is_reviewed(state: State) -> None:
    line = "🔎 To be reviewed by somebody else: `/balancer review"

    assert line in result(through(state), WORDS, command="/balancer")
    assert line not in result(replace(through(state), review=None), WORDS, command="/balancer")

"""What people read of a change that starts later."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.change import Change, Moved, State
from bot.domain.policy import tally_of
from bot.domain.starts import Start
from bot.engine.explaining import Reasons
from bot.slack.cards import CANCEL, card, status, summary
from bot.slack.explanations import why
from bot.slack.lines import asked_again
from bot.slack.wording import Wording, date
from bot.store.rows import moved_to_json
from tests.unit.slack.making import CHANGE, NOW, changed

EN = Wording("en")
LATER, NIGHTLY = Start(at=NOW + 7200), Start(at=NOW + 7200, window="nightly")
THEN = date(NOW + 7200, "{date_short_pretty} {time}")
ENDED = [state for state in State if state not in {State.PENDING, State.APPROVED}]


def asked(start: Start | None) -> Change:
    return replace(CHANGE, start=start)


def approved(start: Start | None, turn: int | None = None) -> Change:
    return changed(State.APPROVED, start=start, turn=turn)


def text_of(change: Change) -> str:
    return f"{card(change, EN, command='/lb')}\n{summary(change, EN, command='/lb')}"


def why_of(change: Change) -> str:
    counted = tally_of(change)
    return why(Reasons(change=change, counted=counted, able=None, on_call=frozenset(), behind=None, frozen=()), EN)


def test_a_card_that_waits_says_when_it_starts() -> None:
    by_moment, by_window = text_of(asked(LATER)), text_of(asked(NIGHTLY))

    assert by_moment.count(f"*Starts {THEN}*, if it is approved by then") == 2
    assert by_window.count(f"*Starts {THEN}*, when the window `nightly` opens") == 2
    assert "Starts" not in text_of(asked(None))


def test_a_card_that_is_approved_says_when_it_starts_and_can_be_cancelled() -> None:
    assert f"*Starts {THEN}*; until then it can be cancelled" in status(approved(LATER), EN)
    assert "window `nightly`" in text_of(approved(NIGHTLY))
    assert CANCEL in text_of(approved(LATER))


def test_once_its_turn_came_it_starts_as_soon_as_its_load_balancer_is_free() -> None:
    assert status(approved(NIGHTLY, turn=3), EN) == status(approved(None, turn=3), EN)
    assert "Starts" not in text_of(approved(NIGHTLY, turn=3))


@pytest.mark.parametrize("state", ENDED)
def test_what_runs_or_ended_says_no_more_of_it(state: State) -> None:
    assert "Starts" not in text_of(changed(state, start=NIGHTLY))


@pytest.mark.parametrize("make", [asked, approved])
def test_why_says_it_too(make: Callable[[Start], Change]) -> None:
    assert f"*Starts {THEN}*" in why_of(make(LATER))
    assert "window `nightly`" in why_of(make(NIGHTLY))


def test_a_start_that_moved_is_told_as_two_moments() -> None:
    moved = (Moved(fact="start", was=NOW, now=NOW + 7200),)
    told = asked_again({"approvers": ["U0BOB"], "moved": moved_to_json(moved)}, EN)
    at = date(NOW, "{date_short_pretty} {time}")

    assert f"• start: {at} → *{THEN}*" in told
    assert f"• start: {at} → *{THEN}*" in text_of(replace(CHANGE, moved=moved, version=2))

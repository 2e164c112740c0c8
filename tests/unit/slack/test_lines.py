"""What stands in a card's thread."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.change import Change, Ending, State
from bot.domain.command import Request, parse
from bot.sandbox.slack.blockkit.flaws import message_flaws
from bot.slack.drawing import draw
from bot.slack.lines import asked_again, elapsed, progress, result
from bot.slack.wording import Wording, mention
from bot.store.outbox import Post, Purpose
from bot.store.rows import moved_to_json
from bot.texts import LANGUAGES
from tests.unit.slack.drawn import UPDATE_TEXT_MOST, entities, hostile, stored
from tests.unit.slack.making import APPROVER, ENDS, FACTS, MOVED, NOW, OPERATION, REQUESTER, changed, facts

RUNNING = changed(State.RUNNING)
FINDINGS: dict[str, Any] = {"task": "2385730", "request_id": "", "code": "", "attempts": 1}
OVER = [changed(state, ending=ending, findings=FINDINGS) for ending, state in ENDS.items()]


def post(purpose: str, **body: object) -> Post:
    return Post(
        id=1, change=7, purpose=purpose, channel="C0INCIDENT", user=None, body=body, wanted=1, ts=None,
        sending_at=None, attempts=0,
    )  # fmt: skip


def said(change: Change, language: str = "en") -> str:
    return result(change, Wording(language), command="/lb")


def healthy(health: str) -> Change:
    return changed(State.SUCCEEDED, ending=Ending.VERIFIED, findings={**FINDINGS, "health": health, "watched": 12})


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (61, "1 min 1 s"),
        (3600, "60 min 0 s"),
    ],
)
def test_a_duration_reads_in_minutes_and_seconds(seconds: float, expected: str) -> None:
    assert elapsed(seconds) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("step", "done"),
    [
        ("waiting", 0),
        ("checking", 1),
        ("calling", 2),
        ("held", 2),
        ("following", 3),
        ("settling", 3),
        ("verifying", 4),
        ("watching", 5),
        ("watching_unread", 5),
        ("ended", 6),
    ],
)
def test_the_bar_shows_how_far_a_step_is(step: str, done: int, language: str) -> None:
    line = progress(RUNNING, {"step": step}, Wording(language), now=NOW + 70)

    assert line.count("▰") == done
    assert line.count("▱") == 6 - done
    assert "9 s" in line


def test_progress_stops_counting_when_the_run_ended() -> None:
    over = changed(State.SUCCEEDED, ending=Ending.VERIFIED)

    assert "2 min 19 s" in progress(over, {"step": "ended"}, Wording("en"), now=NOW + 9999)


def test_progress_of_a_change_that_waits_for_its_balancer_counts_nothing() -> None:
    waiting = changed(State.APPROVED)

    line = progress(waiting, {"step": "waiting", "behind": "CR-6"}, Wording("en"), now=NOW + 500)

    assert "waiting for CR-6" in line
    assert "0 s" in line


def test_watching_says_when_a_health_could_not_be_read() -> None:
    line = progress(RUNNING, {"step": "watching", "health": "", "of": 12}, Wording("en"), now=NOW)

    assert "(not known, up to 12 s)" in line


def test_asking_again_is_said_without_a_bar() -> None:
    assert "▱" not in progress(RUNNING, {"step": "asked_again"}, Wording("en"), now=NOW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", OVER, ids=lambda change: change.ending)
def test_every_result_is_valid_and_names_the_people_and_the_evidence(change: Change, language: str) -> None:
    text, blocks = draw(post(Purpose.RESULT), change, Wording(language), command="/lb", now=NOW)

    assert message_flaws(blocks) == []
    assert mention(REQUESTER) in text
    assert mention(APPROVER) in text
    assert "`2385730`" in text
    assert "CR-7" in text
    assert "2 min 19 s" in text


@pytest.mark.parametrize("change", OVER, ids=lambda change: change.ending)
def test_only_a_success_offers_an_undo_and_only_an_unknown_outcome_another_look(change: Change) -> None:
    text = said(change)

    assert ("Undo" in text) == (change.state is State.SUCCEEDED)
    assert ("Check again" in text) == (change.state is State.UNKNOWN)


def test_the_undo_is_a_line_that_restores_the_value_when_it_is_pasted() -> None:
    line = next(line for line in said(OVER[0]).splitlines() if line.startswith("Undo"))

    request = parse(line.partition("`/lb ")[2].rstrip("`"))

    assert request == Request(operation=replace(OPERATION, probe_port=8080), reason="undo CR-7")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("an unset probe port", "No exact undo: the probe port was not set before"),
        ("a probe port nobody could read", "Undo not known"),
    ],
)
def test_where_there_is_no_undo_the_result_says_why(before: str, expected: str) -> None:
    assert expected in said(replace(OVER[0], facts=FACTS[before]))


@pytest.mark.parametrize(
    ("health", "key", "told"),
    [("Alive", "alive", "Alive"), ("Dead", "not_alive", "Dead"), ("", "not_alive", "could not be read")],
)
def test_the_result_tells_the_health_that_was_watched(health: str, key: str, told: str) -> None:
    assert Wording("en").say(f"result/health/{key}", health=told, watched=12) in said(healthy(health))


def test_a_refused_call_tells_the_code_what_it_means_and_what_to_do() -> None:
    refused = changed(State.FAILED, ending=Ending.REFUSED, findings={**FINDINGS, "code": "-21001"})

    text = said(refused)

    assert "-21001" in text
    assert "could not be reached" not in text
    assert said(replace(refused, findings={**FINDINGS, "code": "FailedOperation.New"})) == said(
        replace(refused, findings={**FINDINGS, "code": "FailedOperation"})
    ).replace("FailedOperation:", "FailedOperation.New:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_that_became_impossible_tells_the_refusal_with_its_facts(language: str) -> None:
    found = {"refusal": "backend_not_bound", "host": "cpm-1x7v9d3h", "port": 1234, "listener": "lbl-8k2m4p6q",
             "have": ["cpm-4r6t8y2u:1234 Alive"]}  # fmt: skip

    text = said(changed(State.FAILED, ending=Ending.NO_LONGER_POSSIBLE, findings={**FINDINGS, **found}), language)

    assert "`cpm-4r6t8y2u:1234 Alive`" in text
    assert "`cpm-1x7v9d3h:1234`" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [State.REJECTED, State.EXPIRED])
@given(note=hostile)
def test_a_no_mentions_the_requester_and_repeats_the_note_harmlessly(state: State, note: str, language: str) -> None:
    change = changed(state, note=note)
    text, blocks = draw(post(Purpose.RESULT), change, Wording(language), command="/lb", now=NOW)

    found = {entity for kept in stored(text, blocks) for entity in entities(kept)}

    assert mention(REQUESTER) in found
    assert found <= {mention(REQUESTER), mention(APPROVER)}
    assert len(text) <= UPDATE_TEXT_MOST


@pytest.mark.parametrize("language", LANGUAGES)
def test_asking_again_mentions_the_approver_and_lists_what_moved(language: str) -> None:
    body = {"approver": APPROVER, "moved": moved_to_json(MOVED)}

    text = asked_again(body, Wording(language))

    assert mention(APPROVER) in text
    assert text.count("\n•") == len(MOVED)
    assert draw(post("moved:2", **body), RUNNING, Wording(language), command="/lb", now=NOW)[0] == text


@given(alias=hostile)
def test_a_drawn_post_is_the_one_that_its_purpose_names(alias: str) -> None:
    named = replace(RUNNING, facts=facts(name=alias))
    words = Wording("en")

    card = draw(post(Purpose.CARD), named, words, command="/lb", now=NOW)
    line = draw(post(Purpose.PROGRESS, step="calling"), named, words, command="/lb", now=NOW)

    assert card[1][0]["type"] == "header"
    assert "calling the cloud" in line[0]


@given(seconds=st.floats(-1e6, 1e6))
def test_a_duration_is_never_negative(seconds: float) -> None:
    assert "-" not in elapsed(seconds)


@pytest.mark.parametrize(("skew", "key"), [(400.2, "clock/ahead"), (-400.2, "clock/behind")])
def test_a_run_that_clocks_kept_from_reading_tells_how_far_they_are_apart(skew: float, key: str) -> None:
    unread = changed(State.FAILED, ending=Ending.NOT_READ, findings={**FINDINGS, "code": "4500", "skew": skew})

    text = said(unread)

    assert Wording("en").say(key, seconds=400) in text
    assert Wording("en").say(key, seconds=400) not in said(replace(unread, findings={**FINDINGS, "code": "4500"}))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", [*OVER, *map(changed, (State.REJECTED, State.CANCELLED, State.EXPIRED))])
def test_every_result_shows_the_head_of_the_record_to_be_copied(change: Change, language: str) -> None:
    told = result(change, Wording(language), command="/lb", body={"head": "0c1d" * 16})

    assert told.splitlines()[-1].endswith(f"`{'0c1d' * 16}`")
    assert told.splitlines()[:-1] == said(change, language).splitlines()

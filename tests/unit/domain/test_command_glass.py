"""Emergencies and their reviews, as lines that people type."""

import pytest

from bot.domain.command import Request, Review, parse, render
from tests.unit.domain.refused import BACKEND, IDS, USAGE, Told
from tests.unit.domain.test_command import LINE, OPERATION

OPTIONS = (
    "--LoadBalancerId lb-abcdefgh --ListenerId lbl-abcdefgh --InstanceId cpm-abcdefgh --Port 1234 --ProbePort 12345"
)
NAMED = "load_balancer=lb-abcdefgh listener=lbl-abcdefgh probe_port: 12345"

GLASS = {  # text: (problems, corrected)
    # Emergencies.
    "emergency": ([("verb_missing", "verb")], f"emergency {USAGE}"),
    "emergency x": ([("unknown_verb", "verb")], f"emergency {USAGE}"),
    "emergency why CR-7": ([("unknown_verb", "verb")], f"emergency {USAGE}"),
    f"emergency probe-port {BACKEND} 2 it's down": (
        [("reason_too_short", "reason")],
        f"emergency probe-port {BACKEND} 2 <reason>",
    ),
    f"emergency probe-port {BACKEND} 2 a \u3000 \u200b \u200b \u200b b": (
        [("reason_too_short", "reason")],
        f"emergency probe-port {BACKEND} 2 <reason>",
    ),
    f"emergency probe-port {BACKEND} 2": (
        [("reason_missing", "reason")],
        f"emergency probe-port {BACKEND} 2 <reason>",
    ),
    f"emergancy probe-port {BACKEND} 2 the checkout is down": (
        [("unknown_verb", "verb")],
        f"emergency probe-port {BACKEND} 2 the checkout is down",
    ),
    f"probe-port {BACKEND} 2 x\n/lb emergency probe-port {IDS} cpm-dddd:1234 2 the checkout is down": (
        [("extra_words", "")],
        f"probe-port {BACKEND} 2 x",
    ),
    # Starts, which an emergency hasn't.
    **dict.fromkeys(
        (
            f"emergency probe-port {BACKEND} 2 --at 02:00 the checkout is down",
            f"emergency probe-port {BACKEND} 2 —at 02:00 --at 03:00 the checkout is down",
            f"emergency probe-port {BACKEND} 2 --at noon the checkout is down",
            f"emergency probe-port {BACKEND} 2 --at=2026-11-27T02:00 --window nightly the checkout is down",
            f"emergency probe-port {BACKEND} 2 the checkout is down --window nightly",
            f"emergency probe-port {BACKEND} 2 the checkout is down --window",
            f"紧急 probe-port {BACKEND} 2 the checkout is down --at 02:00",
        ),
        ([("starts_at_once", "at")], f"emergency probe-port {BACKEND} 2 the checkout is down"),
    ),
    f"emergency probe-port {BACKEND} 2 the checkout --at 02:00 is down": (
        [("starts_at_once", "at")],
        f"emergency probe-port {BACKEND} 2 # the checkout --at 02:00 is down",
    ),
    f"emergency probe-port {BACKEND} 2 at 02:00 the checkout went down": (
        [("starts_at_once", "at")],
        f"emergency probe-port {BACKEND} 2 # at 02:00 the checkout went down",
    ),
    f"emergency probe-port {BACKEND} 2 --at 02:00 down": (
        [("starts_at_once", "at"), ("reason_too_short", "reason")],
        f"emergency probe-port {BACKEND} 2 <reason>",
    ),
    # Reviews.
    "review": ([("change_missing", ""), ("note_missing", "")], "review <change> <what you found>"),
    "review CR-7": ([("note_missing", "")], "review CR-7 <what you found>"),
    "review it was right": ([("change_missing", "")], "review <change> <what you found>"),
    f"review CR-7 {'x' * 501}": ([("note_too_long", "")], "review CR-7 <what you found>"),
    "review CR-7 secretKey=xyzzy": ([("secret_in_note", "")], "review CR-7 <what you found>"),
}


@pytest.mark.parametrize(
    "text",
    [
        f"emergency {LINE} the pool is dry",
        f"/lb Emergency: {LINE} the pool is dry",
        f"break-glass {LINE} the pool is dry",
        f"break—glass {LINE} the pool is dry",
        f"紧急 {LINE} the pool is dry",
        f"emergency probe-port {NAMED} host=cpm-abcdefgh port=1234 reason=the pool is dry",
        f"emergency probe-port backend=cpm-abcdefgh:1234 {NAMED} the pool is dry",
        f"*emergency* tccli bmlb ModifyL4BackendProbePort {OPTIONS} the pool is dry",
    ],
)
def test_an_emergency_is_the_same_line_behind_one_word(text: str) -> None:
    request = parse(text)

    assert request == Request(operation=OPERATION, reason="the pool is dry", emergency=True)
    assert parse(render(request)) == request
    assert render(request).startswith("emergency probe-port ")


@pytest.mark.parametrize(
    "text",
    ["review CR-7 <@U0BOB> was right &amp; quick—“ok”", "/lb 复核 7 <@U0BOB> was right &amp; quick—“ok”"],
)
def test_a_review_keeps_the_words_as_they_were_written(text: str) -> None:
    assert parse(text) == Review(change=7, note="<@U0BOB> was right & quick—“ok”")


@pytest.mark.parametrize("reason", ["at 02:00 the checkout went down", "the checkout --at 02:00 is down"])
def test_what_only_looks_like_a_start_stands_behind_a_marker(reason: str) -> None:
    request = parse(f"emergency {LINE} # {reason}")

    assert request == Request(operation=OPERATION, reason=reason, emergency=True)
    assert parse(render(request)) == request


@pytest.mark.parametrize("text", GLASS)
def test_a_wrong_line_is_told_what_is_wrong_and_gets_a_line_to_copy(text: str) -> None:
    told = Told(text)

    assert (told.codes, told.corrected) == GLASS[text]

"""Previews, as lines that people type."""

import pytest

from bot.domain.command import Opening, Preview, Request, parse, previewed
from tests.unit.domain.refused import BACKEND, IDS, USAGE, Told
from tests.unit.domain.test_command import LINE, OPERATION

OPTIONS = (
    "--LoadBalancerId lb-abcdefgh --ListenerId lbl-abcdefgh --InstanceId cpm-abcdefgh --Port 1234 --ProbePort 12345"
)

WRONG = {  # text: (problems, corrected)
    "preview": ([("verb_missing", "verb")], f"preview {USAGE}"),
    "preview x": ([("unknown_verb", "verb")], f"preview {USAGE}"),
    "preview freeze lb-aaaa until 18:00 release week": ([("unknown_verb", "verb")], f"preview {USAGE}"),
    f"preview probe-port {BACKEND} 2": ([("reason_missing", "reason")], f"preview probe-port {BACKEND} 2 <reason>"),
    f"preview prob-port {BACKEND} 2 db move": ([("unknown_verb", "verb")], f"preview probe-port {BACKEND} 2 db move"),
    f"preview probe-port {IDS} cpm-cccc:1234 x db move": (
        [("missing_field", "probe_port")],
        f"preview probe-port {BACKEND} <probe_port> x db move",
    ),
    f"preview probe-port {BACKEND} 2 --at noon db move": (
        [("not_a_moment", "at")],
        f"preview probe-port {BACKEND} 2 --at <at> db move",
    ),
    # Misspelt: whoever meant a preview must not send a request.
    **dict.fromkeys(
        (f"{word} probe-port {BACKEND} 2 db move" for word in ("preveiw", "previw", "Prevew:", "previev")),
        ([("unknown_verb", "verb")], f"preview probe-port {BACKEND} 2 db move"),
    ),
    # Of an emergency, which asks nobody, there is none; nor does a line to copy break the glass.
    **dict.fromkeys(
        (
            f"preview emergency probe-port {BACKEND} 2 --at 02:00 down",
            f"emergency preview probe-port {BACKEND} 2 --at 02:00 down",
        ),
        ([("emergency_previewed", "verb")], f"preview probe-port {BACKEND} 2 --at 02:00 down"),
    ),
    "preview emergency": ([("verb_missing", "verb"), ("emergency_previewed", "verb")], f"preview {USAGE}"),
    f"probe-port {BACKEND} 2 x\n/lb preview probe-port {IDS} cpm-dddd:1234 2 db move": (
        [("extra_words", "")],
        f"probe-port {BACKEND} 2 x",
    ),
    "revew CR-7 it was right": ([("unknown_verb", "verb")], USAGE),
}


@pytest.mark.parametrize(
    "text",
    [
        f"preview {LINE} db move",
        f"/lb Preview: {LINE} db move",
        f"dry-run {LINE} db move",
        f"预览 {LINE} db move",
        f"`preview {LINE} db move`",
        f"*preview* tccli bmlb ModifyL4BackendProbePort {OPTIONS} db move",
        "preview probe-port lb=lb-abcdefgh listener=lbl-abcdefgh host=cpm-abcdefgh:1234 probe_port=12345 db move",
    ],
)
def test_a_preview_is_the_same_line_behind_one_word(text: str) -> None:
    assert parse(text) == Preview(request=Request(operation=OPERATION, reason="db move"))


def test_a_preview_takes_a_start_like_the_request() -> None:
    asked = parse(f"preview {LINE} --window nightly db move")

    assert asked == Preview(request=Request(operation=OPERATION, reason="db move", begin=Opening("nightly")))


def test_a_line_that_begins_a_reason_with_the_word_stays_a_request() -> None:
    assert parse(f"{LINE} preview of the db move") == Request(operation=OPERATION, reason="preview of the db move")


def test_the_line_that_is_written_is_read_back() -> None:
    assert parse(previewed(f"{LINE} db move")) == Preview(request=Request(operation=OPERATION, reason="db move"))


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_line_is_told_what_is_wrong_and_gets_a_line_to_copy(text: str) -> None:
    told = Told(text)

    assert (told.codes, told.corrected) == WRONG[text]

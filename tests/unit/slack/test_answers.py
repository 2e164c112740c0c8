"""Answers to what was typed, and the form that asks for a reason."""

import pytest
from hypothesis import example, given

from bot.domain.command import REASON_MAX, NotUnderstood, Problem, ProblemCode, parse
from bot.domain.operation import OPERATIONS
from bot.sandbox.slack.blockkit.flaws import view_flaws
from bot.slack.answers import help_text, not_understood
from bot.slack.commands import needs_cloud
from bot.slack.modals import NOTE_MAX, reject_modal
from bot.slack.wording import Mrkdwn, Wording
from bot.texts import LANGUAGES
from tests.unit.slack.drawn import entities, hostile, stored
from tests.unit.slack.making import CHANGE

GOOD = "probe-port lb-3f9c2a7d lbl-8k2m4p6q cpm-1x7v9d3h:1234 12345 because of CR-1"
EXAMPLES = {
    ProblemCode.REASON_MISSING: Problem(code=ProblemCode.REASON_MISSING, field="reason"),
    ProblemCode.REASON_TOO_LONG: Problem(
        code=ProblemCode.REASON_TOO_LONG, field="reason", value="700", allowed=(str(REASON_MAX),)
    ),
    ProblemCode.PORT_OUT_OF_RANGE: Problem(
        code=ProblemCode.PORT_OUT_OF_RANGE, field="port", value="70000", allowed=("1", "65535")
    ),
}


def answered(line: str, language: str = "en") -> Mrkdwn:
    with pytest.raises(NotUnderstood) as no:
        parse(line)
    return not_understood(no.value, Wording(language), command="/lb")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [code for code in ProblemCode if code is not ProblemCode.DECIDE_ON_CARD])
def test_every_problem_is_told_in_one_line(code: ProblemCode, language: str) -> None:
    problem = EXAMPLES.get(code) or Problem(code=code, field="probe_port", value="x", allowed=("1", "2"))
    no = NotUnderstood(problems=(problem,), understood={}, corrected="probe-port <load_balancer>")

    lines = not_understood(no, Wording(language), command="/lb").splitlines()

    assert len(lines) == 3
    assert lines[1].startswith("• ")
    assert lines[2].endswith("`/lb probe-port &lt;load_balancer&gt;`")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verb", ["approve", "reject", "cancel", "status"])
def test_who_decides_by_command_is_sent_to_the_card_without_a_line_to_copy(verb: str, language: str) -> None:
    words = Wording(language)

    told = answered(f"{verb} CR-1", language)

    problem = words.say("problem/decide_on_card", value=Mrkdwn(f"`{verb}`"))
    assert told.splitlines() == [words.say("command/nothing_done"), f"• {problem}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_wrong_all_that_was_understood_and_a_line_to_copy_are_told_at_once(language: str) -> None:
    told = answered("probe-port lb-3f9c2a7d lbl-8k2m4p6q cpm-1x7v9d3h:99999 12345", language)
    words = Wording(language)

    assert told.count("\n• ") == 2
    assert "`lb-3f9c2a7d`" in told
    assert words.say("field/listener") in told
    assert "`/lb probe-port lb-3f9c2a7d lbl-8k2m4p6q cpm-1x7v9d3h:" in told


@pytest.mark.parametrize("language", LANGUAGES)
@example(line="probe-port <!channel> <@U0BOB> `x` https://evil.example.com 1 &lt;!here&gt;")
@given(line=hostile)
def test_nothing_that_was_typed_becomes_a_mention_in_the_answer(line: str, language: str) -> None:
    try:
        parse(line)
    except NotUnderstood as no:
        told = not_understood(no, Wording(language), command="/lb")

        assert {found for text in stored(told, []) for found in entities(text)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_has_a_line_to_copy_for_each_operation_and_names_the_command(language: str) -> None:
    told = help_text(Wording(language), command="/bmlb")

    for verb in OPERATIONS:
        assert f"`/bmlb {verb} " in told
    assert "`/bmlb help`" in told


def test_only_a_request_or_a_preview_that_can_be_read_needs_the_cloud() -> None:
    assert needs_cloud(GOOD)
    assert needs_cloud(f"preview {GOOD}")
    assert not needs_cloud("help")
    assert not needs_cloud("")
    assert not needs_cloud(GOOD.replace("lb-3f9c2a7d", "lb-"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_valid_and_carries_where_and_which(language: str) -> None:
    form = reject_modal(CHANGE, Wording(language), channel="C0INCIDENT")

    assert view_flaws(form) == []
    assert form["private_metadata"] == "C0INCIDENT 7.1"
    assert form["blocks"][1]["element"]["max_length"] == NOTE_MAX

"""Modals beyond a limit, and how the Web API words what is wrong with blocks."""

import pytest

from bot.sandbox.slack.blockkit.flaws import view_flaws
from tests.rooms.sandbox_slack.stand_in import INCIDENT, Json, Slack, modal, plain, section


@pytest.mark.parametrize(
    ("view", "flaw"),
    [
        (modal() | {"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal() | {"submit": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal() | {"close": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/close/text]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (
            {key: value for key, value in modal().items() if key != "submit"},
            "`submit` is required when an input block is within the `blocks` array [json-pointer:/view]",
        ),
        (
            {key: value for key, value in modal().items() if key != "title"},
            "missing required field: title [json-pointer:/view]",
        ),
        (modal() | {"type": "home"}, "must be 'modal' [json-pointer:/view/type]"),
    ],
)
def test_a_modal_beyond_a_limit_is_refused_with_the_place(view: Json, flaw: str) -> None:
    assert f"[ERROR] {flaw}" in view_flaws(view)


async def test_the_web_api_refuses_with_the_same_sentences(slack: Slack) -> None:
    answer = await slack.api("chat.postMessage", channel=INCIDENT, text="x", blocks=[section("x" * 3001)])

    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


@pytest.mark.parametrize(
    ("blocks", "error"),
    [("[{", "invalid_blocks_format"), ({"type": "divider"}, "invalid_blocks_format")],
)
async def test_blocks_that_are_no_list_are_out_of_format(slack: Slack, blocks: object, error: str) -> None:
    assert (await slack.api("chat.postMessage", channel=INCIDENT, blocks=blocks))["error"] == error


async def test_blocks_that_hold_too_much_text_together_are_too_long(slack: Slack) -> None:
    blocks = [section("x" * 2999), *[section("y" * 2999)] * 3]

    assert (await slack.api("chat.postMessage", channel=INCIDENT, blocks=blocks))["error"] == "msg_blocks_too_long"

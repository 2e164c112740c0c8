"""Submitting and closing modals, and every answer an app may give (Slack fact sheet, section 5)."""

import asyncio
from typing import Any

import pytest

from tests.rooms.sandbox_slack.stand_in import Bare, Json, Slack, modal, plain, question, section

OPTIONAL = question("note", "text") | {"optional": True}
PICK = {
    "type": "input",
    "block_id": "pick",
    "label": plain("Pick"),
    "optional": True,
    "element": {
        "type": "checkboxes",
        "action_id": "some",
        "options": [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}],
    },
}
WEIGHT = {
    "type": "input",
    "block_id": "weight",
    "label": plain("Weight"),
    "optional": True,
    "element": {"type": "number_input", "action_id": "number", "is_decimal_allowed": False},
}


async def form(slack: Slack, app: Bare, *blocks: Json, **more: object) -> str:
    view = modal(*(blocks or (question(max_length=20),)), **more)
    answer = await slack.api("views.open", trigger_id=await slack.trigger(app), view=view)
    assert answer["ok"], answer
    return str(answer["view"]["id"])


async def submit(slack: Slack, view: str, **values: dict[str, str]) -> Json:
    return await slack.do("submit", user="alice", view=view, values=values or {"why": {"reason": "too risky"}})


async def test_a_submission_tells_every_value_untouched_ones_too(slack: Slack, app: Bare) -> None:
    view = await form(slack, app, question(), OPTIONAL, PICK, private_metadata="CR-1")

    values = {"why": {"reason": "busy"}, "pick": {"some": "b,a"}}
    payload, outcome = await slack.answered(app, submit(slack, view, **values))

    assert outcome == {"ok": True, "error": "", "errors": {}}
    assert payload["type"] == "view_submission"
    assert "channel" not in payload
    assert (payload["view"]["callback_id"], payload["view"]["private_metadata"]) == ("reject", "CR-1")
    state = payload["view"]["state"]["values"]
    assert state["why"]["reason"] == {"type": "plain_text_input", "value": "busy"}
    assert state["note"]["text"] == {"type": "plain_text_input", "value": None}
    assert [option["value"] for option in state["pick"]["some"]["selected_options"]] == ["b", "a"]


async def test_an_empty_ack_closes_the_modal(slack: Slack, app: Bare) -> None:
    view = await form(slack, app)

    await slack.answered(app, submit(slack, view))

    assert await slack.views("alice") == []


@pytest.mark.parametrize(
    ("blocks", "values", "complaint"),
    [
        ([question()], {"why": {"reason": ""}}, {"why": "Please complete this required field."}),
        ([question(min_length=5)], {"why": {"reason": "no"}}, {"why": "Please enter 5 to 3000 characters."}),
        ([question(max_length=2)], {"why": {"reason": "nope"}}, {"why": "Please enter 0 to 2 characters."}),
        ([WEIGHT], {"weight": {"number": "ten"}}, {"weight": "Please enter a number."}),
        ([WEIGHT], {"weight": {"number": "1.5"}}, {"weight": "Please enter a number."}),
    ],
)
async def test_what_the_client_checks_never_reaches_the_app(
    slack: Slack, app: Bare, blocks: list[Json], values: dict[str, Any], complaint: dict[str, str]
) -> None:
    view = await form(slack, app, *blocks)

    outcome = await submit(slack, view, **values)

    assert outcome == {"ok": False, "error": "", "errors": complaint}
    assert [delivery["kind"] for delivery in await slack.listing("deliveries")] == ["slash_commands"]


async def test_a_field_or_an_option_that_is_not_there_cannot_be_filled(slack: Slack, app: Bare) -> None:
    view = await form(slack, app, question(), PICK)

    field = await submit(slack, view, who={"reason": "x"})
    option = await submit(slack, view, pick={"some": "c"})

    assert field["error"] == "the modal has no field 'who' 'reason'"
    assert option["error"] == "no option has the value 'c'"


async def test_errors_stand_at_their_questions_and_the_modal_stays(slack: Slack, app: Bare) -> None:
    view = await form(slack, app)
    answer = {"response_action": "errors", "errors": {"why": "Say more."}}

    _, refused = await slack.answered(app, submit(slack, view), answer)
    shown = (await slack.views("alice"))[0]
    _, fine = await slack.answered(app, submit(slack, view))

    assert refused == {"ok": False, "error": "", "errors": {"why": "Say more."}}
    assert shown["errors"] == {"why": "Say more."}
    assert shown["state"]["values"]["why"]["reason"]["value"] == "too risky"
    assert fine["ok"] is True


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"response_action": "errors", "errors": {"intro": "no input"}}, "errors_not_on_input_blocks"),
        ({"response_action": "errors", "errors": {}}, "errors_not_on_input_blocks"),
        ({"response_action": "update", "view": modal(title=plain("x" * 25))}, "invalid_arguments"),
        ({"response_action": "push"}, "invalid_arguments"),
        ({"response_action": "explode"}, "invalid_response_action"),
        ({"text": "thanks"}, "invalid_response_action"),
    ],
)
async def test_an_answer_slack_refuses_looks_like_trouble_connecting(
    slack: Slack, app: Bare, answer: Json, reason: str
) -> None:
    view = await form(slack, app, section("x", block_id="intro"), question())

    _, outcome = await slack.answered(app, submit(slack, view), answer)

    assert outcome["error"] == "We had some trouble connecting. Try again?"
    assert (await slack.listing("deliveries"))[-1]["refused"].startswith(reason)
    assert len(await slack.views("alice")) == 1


async def test_an_update_replaces_the_modal_and_keeps_answers_to_questions_that_stay(slack: Slack, app: Bare) -> None:
    view = await form(slack, app, question(), OPTIONAL)
    answer = {"response_action": "update", "view": modal(question(), title=plain("Sure?"))}

    await slack.answered(app, submit(slack, view, why={"reason": "busy"}, note={"text": "x"}), answer)

    shown = (await slack.views("alice"))[0]
    assert (shown["id"], shown["title"]["text"]) == (view, "Sure?")
    assert shown["state"]["values"].keys() == {"why"}


async def test_a_pushed_modal_lies_on_top_and_clear_closes_all(slack: Slack, app: Bare) -> None:
    view = await form(slack, app)
    await slack.answered(app, submit(slack, view), {"response_action": "push", "view": modal(title=plain("Sure?"))})
    stack = await slack.views("alice")

    below = await submit(slack, view)
    await slack.answered(app, submit(slack, stack[1]["id"]), {"response_action": "clear"})

    assert [shown["title"]["text"] for shown in stack] == ["Reject", "Sure?"]
    assert below["ok"] is False
    assert await slack.views("alice") == []


async def test_a_submission_without_an_answer_leaves_the_modal_open(slack: Slack, app: Bare) -> None:
    view = await form(slack, app)

    doing = asyncio.create_task(submit(slack, view))
    await app.envelope()
    await slack.advance(3.1)

    assert (await doing)["error"] == "We had some trouble connecting. Try again? (operation_timeout)"
    assert len(await slack.views("alice")) == 1


async def test_closing_is_told_only_where_asked_for(slack: Slack, app: Bare) -> None:
    quiet = await form(slack, app)
    await slack.do("close", user="alice", view=quiet)
    loud = await form(slack, app, notify_on_close=True)

    payload, _ = await slack.answered(app, slack.do("close", user="alice", view=loud))

    kinds = [delivery["kind"] for delivery in await slack.listing("deliveries")]
    assert kinds == ["slash_commands", "slash_commands", "view_closed"]
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
    assert payload["view"]["id"] == loud


async def test_closing_the_whole_stack_tells_of_its_root(slack: Slack, app: Bare) -> None:
    root = await form(slack, app, notify_on_close=True)
    await slack.answered(app, submit(slack, root), {"response_action": "push", "view": modal()})
    top = (await slack.views("alice"))[1]["id"]

    payload, _ = await slack.answered(app, slack.do("close", user="alice", view=top, cleared=True))

    assert (payload["view"]["id"], payload["is_cleared"]) == (root, True)
    assert await slack.views("alice") == []

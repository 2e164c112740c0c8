from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.page.fields import drawable, field_address, field_name, held, press_id, questions

OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b", "c")]


def asked(element: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "input", "block_id": "block", "element": {"action_id": "field", **element}}]


@given(st.lists(st.text(), min_size=2, max_size=3))
def test_a_field_name_reads_back_as_what_it_was_made_of(parts: list[str]) -> None:
    assert list(field_address(field_name(parts[0], *parts[1:]))) == parts


@pytest.mark.parametrize("name", ["view", "at", "ts", "press", "sure", ""])
def test_the_forms_own_fields_are_no_elements(name: str) -> None:
    assert field_address(name) == ()


@given(st.text(), st.text(), st.text(), st.text())
def test_two_elements_never_share_an_id(block: str, action: str, other_block: str, other_action: str) -> None:
    same = (block, action) == (other_block, other_action)

    assert (press_id("s", block, action) == press_id("s", other_block, other_action)) == same


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({"type": "plain_text_input"}, ""),
        ({"type": "plain_text_input", "initial_value": "8081"}, "8081"),
        ({"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[1]}, "b"),
        ({"type": "checkboxes", "options": OPTIONS, "initial_options": [OPTIONS[0], OPTIONS[2]]}, "a,c"),
        ({"type": "users_select", "initial_user": "U1"}, "U1"),
        ({"type": "checkboxes", "options": OPTIONS}, ""),
    ],
)
def test_a_field_holds_its_preset(element: dict[str, Any], text: str) -> None:
    assert held(asked(element), {}) == {"block/field": text}


def test_a_field_holds_what_the_view_knows_rather_than_its_preset() -> None:
    blocks = asked({"type": "plain_text_input", "initial_value": "80"})

    assert held(blocks, {"block": {"field": {"type": "plain_text_input", "value": "81"}}}) == {"block/field": "81"}


def test_only_elements_with_a_confirm_dialog_ask() -> None:
    sure, unsure = {"action_id": "a", "type": "button"}, {"action_id": "b", "type": "button", "confirm": {"title": "?"}}
    block = {"type": "actions", "block_id": "x", "elements": [sure, unsure]}

    assert questions([block, {"type": "divider", "block_id": "y"}]) == [(block, unsure)]


KNOWN = frozenset({"section", "divider"})
SAID = {"type": "section", "text": {"type": "mrkdwn", "text": "said"}}
DIVIDER, STRANGE = {"type": "divider"}, {"type": "video"}


@pytest.mark.parametrize(
    ("blocks", "text", "drawn"),
    [
        ([DIVIDER], "said", [DIVIDER]),
        ([], "said", [SAID]),
        ([], "", []),
        ([DIVIDER, STRANGE, DIVIDER, STRANGE], "said", [DIVIDER, SAID, DIVIDER]),
        ([STRANGE], "", []),
    ],
)
def test_a_block_of_an_unknown_type_falls_back_to_the_text(
    blocks: list[dict[str, Any]], text: str, drawn: list[dict[str, Any]]
) -> None:
    assert drawable(blocks, text, KNOWN) == drawn

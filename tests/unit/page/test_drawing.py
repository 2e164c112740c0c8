from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given

from bot.sandbox.slack.page.drawing import Answer, Drawing, drawn_blocks
from bot.sandbox.slack.page.names import Names
from bot.sandbox.slack.page.pen import Pen
from bot.sandbox.slack.page.places import Place
from bot.sandbox.slack.workspace import Channel, Message, User, View
from tests.unit.page.test_no_text_gets_through import TEXTS
from tests.unit.page.whitelist import Read, read

ALICE = User(id="U1", name="alice", real_name="Alice", team_id="T1")
BOT = User(id="U2", name="bot", real_name="Bot", team_id="T1", is_bot=True)
PLACE = Place(viewer=ALICE, channel=Channel(id="C1", name="incident-42"))
TS = "1700000000.000100"
Blocks = Sequence[dict[str, Any]]


def text(words: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": words}


def option(words: str) -> dict[str, Any]:
    return {"text": text(words), "value": words}


def card(words: str) -> list[dict[str, Any]]:
    """Return one of every block the page draws, with ``words`` in every place that takes any."""
    confirm = {"title": text(words), "text": text(words, "mrkdwn"), "confirm": text(words), "deny": text(words)}
    button = {"type": "button", "action_id": words, "text": text(words), "value": words, "accessibility_label": words}
    choice = {"action_id": words, "placeholder": text(words), "options": [option(words)]}
    elements: list[dict[str, Any]] = [
        button | {"confirm": confirm},
        button | {"action_id": "link", "url": f"https://{words}"},
        choice | {"type": "static_select", "action_id": "select"},
        choice | {"type": "overflow", "action_id": "more"},
        choice | {"type": "checkboxes", "action_id": "check"},
        {"type": words, "action_id": "odd"},
    ]
    line = {"type": "plain_text_input", "action_id": "line", "initial_value": words, "placeholder": text(words)}
    return [
        {"type": "header", "text": text(words)},
        {"type": "section", "text": text(words, "mrkdwn"), "fields": [text(words), text(words, "mrkdwn")]},
        {"type": "context", "elements": [text(words, "mrkdwn"), {"type": "image", "alt_text": words}]},
        {"type": "divider"},
        {"type": "image", "alt_text": words, "title": text(words)},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [text(words, "text")]}]},
        {"type": "actions", "elements": elements},
        {"type": "input", "label": text(words), "hint": text(words), "element": line},
        {"type": "input", "label": text(words), "element": line | {"multiline": True, "action_id": "long"}},
    ]


def said(
    *, words: str = "said", edited: bool = False, replies: int = 0, only: str | None = None, blocks: Blocks = ()
) -> Message:
    dressed = [{"block_id": f"b{at}", **block} for at, block in enumerate(blocks)]
    return Message(
        ts=TS,
        channel="C1",
        user="U2",
        text=words,
        blocks=dressed,
        edited=edited,
        reply_count=replies,
        ephemeral_to=only,
    )


def drawn(message: Message, *, name: str = "alice") -> Read:
    pen = Pen(names=Names(people={"U1": name}, channels={}))
    drawing = Drawing(place=PLACE, people={"U1": ALICE, "U2": BOT}, tints={}, pen=pen, answer=Answer())
    return read(drawing.message(message, pane="channel").html)


def shape(found: Read) -> list[tuple[str, list[str]]]:
    """Return the tags with the names of their attributes, those that texts may bring left out."""
    brought = {"b", "i", "s", "code", "pre", "blockquote", "br"}
    kept = ((tag, attrs) for tag, attrs in found.tags if tag not in brought)
    return [
        (tag, sorted(attrs))
        for tag, attrs in kept
        if attrs.get("class") not in {"mention", "emoji"} and "data-form" not in attrs and "rel" not in attrs
    ]


def test_every_block_type_of_the_card_is_drawn() -> None:
    assert {block["type"] for block in card("x")} == drawn_blocks()


@given(TEXTS)
def test_no_text_in_any_block_changes_the_shape_of_the_page(words: str) -> None:
    found = drawn(said(words=words, blocks=card(f"x{words}")), name=words)

    assert found.wrong == []
    assert shape(found) == shape(drawn(said(blocks=card("x"))))


@pytest.mark.parametrize("kind", ["../page", "../../page", "undrawn/../header", "\0", "video"])
def test_an_unknown_block_shows_the_messages_text(kind: str) -> None:
    assert "said" in drawn(said(blocks=[{"type": kind}])).words


def test_a_button_is_a_submit_that_names_itself_and_its_label_for_screen_readers() -> None:
    button = {"type": "button", "action_id": "approve 1", "text": text("Approve"), "style": "primary"}
    block = {"type": "actions", "elements": [button | {"accessibility_label": "Approve CR-1"}], "block_id": "a/b"}

    found = next(
        attributes for tag, attributes in drawn(said(blocks=[block])).tags if attributes.get("name") == "press"
    )

    assert found["value"] == "a%2Fb/approve%201"
    assert found["class"] == "button primary"
    assert found["aria-label"] == "Approve CR-1"
    assert found["formaction"] == "/as/U1/C1/press"


def test_a_button_leads_to_the_web_only() -> None:
    button = {"type": "button", "action_id": "a", "text": text("Open"), "url": "javascript:alert(1)"}

    found = drawn(said(blocks=[{"type": "actions", "elements": [button]}]))

    assert "a" not in {tag for tag, _ in found.tags}


def test_an_image_is_its_words_and_loads_nothing() -> None:
    image = {"type": "image", "alt_text": "a graph", "image_url": "https://elsewhere.example/x.png"}

    found = drawn(said(blocks=[image]))

    assert "img" not in {tag for tag, _ in found.tags}
    assert "a graph" in found.words


def test_a_bots_message_says_so_and_an_edited_one_too() -> None:
    words = " ".join(drawn(said(edited=True)).words.split())

    assert "bot APP" in words
    assert "(edited)" in words


@pytest.mark.parametrize(("count", "words"), [(1, "1 reply"), (3, "3 replies")])
def test_a_message_with_replies_leads_to_its_thread(count: int, words: str) -> None:
    found = drawn(said(replies=count))

    assert words in found.words
    assert f"/as/U1/C1/{TS}" in {attributes.get("href") for _, attributes in found.tags}


def test_an_ephemeral_message_says_who_sees_it() -> None:
    assert "Only visible to you" in drawn(said(only="U1")).words


def modal(blocks: list[dict[str, Any]], errors: dict[str, str], state: dict[str, Any]) -> Read:
    view = View(
        id="V1",
        user="U1",
        payload={"title": text("Title"), "submit": text("Go"), "blocks": blocks, "state": {"values": state}},
        errors=errors,
    )
    pen = Pen(names=Names(people={}, channels={}))
    return read(Drawing(place=PLACE, people={}, tints={}, pen=pen, answer=Answer()).modal(view, 1).html)


def test_a_modals_field_has_its_label_its_error_and_what_was_typed() -> None:
    line = {"type": "plain_text_input", "action_id": "port"}
    block = {"type": "input", "block_id": "b", "label": text("Probe port"), "element": line}

    found = modal([block], {"b": "Not a port"}, {"b": {"port": {"type": "plain_text_input", "value": "http"}}})

    field = next(attributes for tag, attributes in found.tags if attributes.get("name") == "b/port")
    assert (field["value"], field["aria-invalid"], field["aria-required"]) == ("http", "true", "true")
    assert ("label", {"for": field["id"]}) in found.tags
    assert ("div", {"id": field["aria-describedby"]}) in found.tags
    assert "Not a port" in found.words


def test_enter_in_a_modal_submits_it_even_above_another_button() -> None:
    button = {"type": "button", "action_id": "a", "text": text("Press")}
    found = modal([{"type": "actions", "block_id": "b", "elements": [button]}], {}, {})

    sheet = found.tags[next(at for at, (_, attrs) in enumerate(found.tags) if attrs.get("class") == "sheet") :]
    first = next(attributes for tag, attributes in sheet if tag == "button")
    assert "name" not in first
    assert "disabled" not in first

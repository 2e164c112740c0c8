"""Block Kit's limits, each met and each just missed (Slack fact sheet, section 11)."""

from typing import Any

import pytest

from bot.sandbox.slack.blockkit.flaws import message_flaws
from tests.rooms.sandbox_slack.stand_in import Json, actions, button, plain, question, section

CONFIRM = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}


def choice(value: str = "v", text: str = "t", **more: object) -> Json:
    return {"text": plain(text), "value": value, **more}


def element(kind: str, **more: object) -> list[Json]:
    return [actions({"type": kind, "action_id": "a", **more})]


def choices(count: int) -> list[Json]:
    return [choice(f"v{number}") for number in range(count)]


def rich(*pieces: Json) -> list[Json]:
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(pieces)}]}]


def under(count: int) -> str:
    return f"must be less than {count} characters"


def most(count: int) -> str:
    return f"no more than {count} items allowed"


# what is wrong, the blocks, what is said, and where below /blocks
REFUSED: list[tuple[str, Any, str, str]] = [
    ("51 blocks", [{"type": "divider"}] * 51, most(50), ""),
    ("a block without a type", [{}], "missing required field: type", "0"),
    ("an unknown block", [{"type": "marquee"}], "unsupported type: marquee", "0"),
    ("no object", ["divider"], "must be an object", "0"),
    ("an unknown field", [section("x", colour="red")], "invalid additional property: colour", "0/colour"),
    ("a long section", [section("x" * 3001)], under(3001), "0/text/text"),
    ("an empty section", [section("")], "must be more than 0 characters", "0/text/text"),
    ("a section without text", [{"type": "section"}], "must provide either `text` or `fields`", "0"),
    ("11 fields", [section("x", fields=[plain("f")] * 11)], most(10), "0/fields"),
    (
        "a long field",
        [section("x", fields=[plain("f"), plain("f" * 2001)])],
        under(2001),
        "0/fields/1/text",
    ),
    (
        "a long header",
        [{"type": "header", "text": plain("x" * 151)}],
        under(151),
        "0/text/text",
    ),
    (
        "a header with markup",
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "must be 'plain_text'",
        "0/text/type",
    ),
    ("11 context elements", [{"type": "context", "elements": [plain("x")] * 11}], most(10), "0/elements"),
    ("no context element", [{"type": "context", "elements": []}], "no fewer than 1 items allowed", "0/elements"),
    (
        "a button in a context",
        [{"type": "context", "elements": [button()]}],
        "unsupported type: button",
        "0/elements/0",
    ),
    ("26 actions", [actions(*(button(f"a{n}") for n in range(26)))], most(25), "0/elements"),
    ("a long button", [actions(button(text="x" * 76))], under(76), "0/elements/0/text/text"),
    ("a long value", [actions(button(value="x" * 2001))], under(2001), "0/elements/0/value"),
    ("a number as value", [actions(button(value=1))], "must be a string", "0/elements/0/value"),
    ("a long url", [actions(button(url="x" * 3001))], under(3001), "0/elements/0/url"),
    ("a strange style", [actions(button(style="default"))], "must be 'primary' or 'danger'", "0/elements/0/style"),
    ("a long id", [actions(button("x" * 256))], under(256), "0/elements/0/action_id"),
    ("a button without text", element("button"), "missing required field: text", "0/elements/0"),
    (
        "a long confirm title",
        [actions(button(confirm=CONFIRM | {"title": plain("x" * 101)}))],
        under(101),
        "0/elements/0/confirm/title/text",
    ),
    (
        "a long confirm text",
        [actions(button(confirm=CONFIRM | {"text": plain("x" * 301)}))],
        under(301),
        "0/elements/0/confirm/text/text",
    ),
    (
        "a long confirm button",
        [actions(button(confirm=CONFIRM | {"deny": plain("x" * 31)}))],
        under(31),
        "0/elements/0/confirm/deny/text",
    ),
    ("101 options", element("static_select", options=choices(101)), most(100), "0/elements/0/options"),
    (
        "options and groups",
        element("static_select", options=choices(1), option_groups=[{"label": plain("g"), "options": choices(1)}]),
        "must provide either `options` or `option_groups`",
        "0/elements/0",
    ),
    (
        "a long option",
        element("static_select", options=[choice(text="x" * 76)]),
        under(76),
        "0/elements/0/options/0/text/text",
    ),
    (
        "a long option value",
        element("static_select", options=[choice("x" * 76)]),
        under(76),
        "0/elements/0/options/0/value",
    ),
    (
        "a foreign initial option",
        element("static_select", options=choices(2), initial_option=choice("other")),
        "`initial_option` must be one of the options",
        "0/elements/0",
    ),
    (
        "a long placeholder",
        element("static_select", options=choices(1), placeholder=plain("x" * 151)),
        under(151),
        "0/elements/0/placeholder/text",
    ),
    ("6 overflow options", element("overflow", options=choices(6)), most(5), "0/elements/0/options"),
    ("11 checkboxes", element("checkboxes", options=choices(11)), most(10), "0/elements/0/options"),
    ("11 radio buttons", element("radio_buttons", options=choices(11)), most(10), "0/elements/0/options"),
    ("an input among actions", element("plain_text_input"), "unsupported type: plain_text_input", "0/elements/0"),
    (
        "a long question",
        [question() | {"label": plain("x" * 2001)}],
        under(2001),
        "0/label/text",
    ),
    ("a long hint", [question() | {"hint": plain("x" * 2001)}], under(2001), "0/hint/text"),
    ("a button as input", [question() | {"element": button()}], "unsupported type: button", "0/element"),
    (
        "a long alt text",
        [{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "x" * 2001}],
        under(2001),
        "0/alt_text",
    ),
    ("an unknown rich piece", rich({"type": "blink"}), "unsupported type: blink", "0/elements/0/elements/0"),
    ("rich text without text", rich({"type": "text"}), "missing required field: text", "0/elements/0/elements/0"),
    (
        "a block id twice",
        [section("x", block_id="b"), section("y", block_id="b")],
        "`block_id` b already exists",
        "1/block_id",
    ),
    (
        "an action id twice in a block",
        [actions(button("a"), button("a"))],
        "`action_id` a already exists",
        "0/elements/1/action_id",
    ),
]


@pytest.mark.parametrize(("blocks", "says", "where"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_blocks_beyond_a_limit_are_refused_with_the_place(blocks: Any, says: str, where: str) -> None:  # noqa: ANN401 - any JSON
    pointer = f"/blocks/{where}".rstrip("/")

    assert f"[ERROR] {says} [json-pointer:{pointer}]" in message_flaws(blocks)


TAKEN: list[tuple[str, Any]] = [
    ("50 blocks", [{"type": "divider"}] * 50),
    ("the longest section", [section("x" * 3000, fields=[plain("f" * 2000)] * 10)]),
    ("the longest header", [{"type": "header", "text": plain("x" * 150)}]),
    ("25 actions", [actions(*(button(f"a{n}") for n in range(25)))]),
    ("the longest button", [actions(button(text="x" * 75, value="x" * 2000, style="danger", confirm=CONFIRM))]),
    ("100 options", element("static_select", options=choices(100), initial_option=choice("v7"))),
    ("groups", element("multi_static_select", option_groups=[{"label": plain("g"), "options": choices(3)}])),
    ("5 overflow options", element("overflow", options=choices(5))),
    ("10 checkboxes", element("checkboxes", options=choices(10))),
    ("10 radio buttons", element("radio_buttons", options=choices(10))),
    ("selects of people and places", [actions({"type": "users_select"}, {"type": "channels_select"})]),
    ("pickers", [actions({"type": "datepicker", "initial_date": "2026-01-31"}, {"type": "datetimepicker"})]),
    ("a section with a button", [section("x", accessory=button())]),
    ("a section with a picture", [section("x", accessory={"type": "image", "image_url": "u", "alt_text": "a"})]),
    ("small print", [{"type": "context", "elements": [plain("x"), {"type": "mrkdwn", "text": "y", "verbatim": True}]}]),
    ("rich text", rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U0BOB"})),
    ("a question", [question(multiline=True, max_length=3000)]),
    ("one action id in two blocks", [actions(button("a")), actions(button("a"))]),
]


@pytest.mark.parametrize("blocks", [case[1] for case in TAKEN], ids=[case[0] for case in TAKEN])
def test_blocks_within_the_limits_are_taken(blocks: Any) -> None:  # noqa: ANN401 - any JSON
    assert message_flaws(blocks) == []

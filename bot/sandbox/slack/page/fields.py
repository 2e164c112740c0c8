"""The blocks of a message or a modal as one form: what its fields are called, what they hold, what asks first."""

from typing import Any
from urllib.parse import quote, unquote

from bot.sandbox.slack.blockkit.dressing import elements
from bot.sandbox.slack.inputs import KINDS, Values, stateful, values

Block = dict[str, Any]


def field_name(block_id: str, action_id: str, *value: str) -> str:
    """Return the form field of an element, or with the ``value`` of one of its options what pressing that sends."""
    return "/".join(quote(part, safe="") for part in (block_id, action_id, *value))


def field_address(name: str) -> tuple[str, ...]:
    """Return what ``field_name`` was given; ``()`` for a field that is no element's."""
    parts = tuple(unquote(part) for part in name.split("/"))
    return parts if len(parts) > 1 else ()


def press_id(surface: str, block_id: str, action_id: str) -> str:
    """Return the id of one element, unique in the page: a message is drawn twice beside its own thread."""
    return f"press-{surface}/{field_name(block_id, action_id)}"


def held(blocks: list[Block], state: Values) -> dict[str, str]:
    """Return what every field holds, by its name; ``state`` is what a view knows, presets stand for the rest."""
    known = values(blocks, state)
    return {
        field_name(block["block_id"], element["action_id"]): _text(
            known[block["block_id"]][element["action_id"]][KINDS[element["type"]].field]
        )
        for block, element in stateful(blocks)
    }


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case list():
            return ",".join(_text(each) for each in value)
        case {"value": option}:
            return str(option)
        case _:
            return str(value)


def questions(blocks: list[Block]) -> list[tuple[Block, Block]]:
    """Return each block and element that asks before it is pressed."""
    return [(block, element) for block in blocks for element in elements(block) if element.get("confirm")]


def drawable(blocks: list[Block], text: str, known: frozenset[str]) -> list[Block]:
    """Return the blocks to draw; ``text`` stands where the first of an unknown type stood, or if there are none."""
    spoken = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    first = next((at for at, block in enumerate(blocks) if block["type"] not in known), len(blocks))
    said = [spoken] if text and (not blocks or first < len(blocks)) else []
    return blocks[:first] + said + [block for block in blocks[first:] if block["type"] in known]

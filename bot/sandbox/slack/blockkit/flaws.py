"""What is wrong with some blocks, in Slack's form: ``[ERROR] sentence [json-pointer:/blocks/0/text]``."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.sandbox.slack.blockkit.blocks import Message, ModalArgument
from bot.sandbox.slack.blockkit.texts import Shape

# pydantic's name of what is wrong -> Slack's words; what isn't here speaks for itself
SENTENCES = {
    "string_too_long": "must be less than {over} characters",
    "string_too_short": "must be more than {under} characters",
    "too_long": "no more than {most} items allowed",
    "too_short": "no fewer than {least} items allowed",
    "missing": "missing required field: {last}",
    "union_tag_not_found": "missing required field: type",
    "union_tag_invalid": "unsupported type: {tag}",
    "extra_forbidden": "invalid additional property: {last}",
    "literal_error": "must be {expected}",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "list_type": "must be an array",
    "string_type": "must be a string",
    "bool_type": "must be a boolean",
    "int_type": "must be an integer",
}


def message_flaws(blocks: object) -> list[str]:
    """Return what Slack would say against ``blocks`` in a message, nothing where they are fine."""
    return _flaws(Message, {"blocks": blocks}, blocks, "/blocks")


def view_flaws(view: object) -> list[str]:
    """Return what Slack would say against ``view`` as a modal, nothing where it is fine."""
    blocks = view.get("blocks") if isinstance(view, dict) else None
    return _flaws(ModalArgument, {"view": view}, blocks, "/view/blocks")


def _flaws(shape: type[Shape], given: dict[str, Any], blocks: object, pointer: str) -> list[str]:
    try:
        shape.model_validate(given)
    except ValidationError as error:
        return [_flaw(given, detail) for detail in error.errors(include_url=False)]
    return list(_duplicates(blocks, pointer))


def _flaw(given: dict[str, Any], detail: ErrorDetails) -> str:
    says, pointer = _sentence(detail), _pointer(given, detail["loc"])
    if detail["type"] == "text_too_long":
        pointer += "/text"
    return f"[ERROR] {says} [json-pointer:{pointer}]"


def _sentence(detail: ErrorDetails) -> str:
    facts = detail.get("ctx", {})
    if detail["type"] not in SENTENCES:
        return detail["msg"]
    return SENTENCES[detail["type"]].format(
        last=detail["loc"][-1],
        tag=facts.get("tag"),
        expected=facts.get("expected"),
        most=facts.get("max_length", 0),
        over=facts.get("max_length", 0) + 1,
        least=facts.get("min_length", 0),
        under=facts.get("min_length", 0) - 1,
    )


def _pointer(given: object, loc: tuple[int | str, ...]) -> str:
    """Return where ``loc`` leads in ``given``; the tags of unions, which are no keys there, are left out."""
    found: Any = given
    pointer = ""
    for step in loc:
        known = dict(enumerate(found)) if isinstance(found, list) else found
        if isinstance(known, dict) and step in known:
            found = known[step]
            pointer += f"/{step}"
    return pointer


def _duplicates(blocks: object, pointer: str) -> Iterator[str]:
    """Find what no shape can say: a ``block_id`` is unique in its surface, an ``action_id`` in its block."""
    seen: set[str] = set()
    for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
        block_id = block.get("block_id")
        if block_id in seen:
            yield f"[ERROR] `block_id` {block_id} already exists [json-pointer:{pointer}/{number}/block_id]"
        seen |= {block_id} - {None}
        used: set[str] = set()
        for place, element in enumerate(block.get("elements", ())):
            action_id = element.get("action_id")
            if action_id in used:
                where = f"{pointer}/{number}/elements/{place}/action_id"
                yield f"[ERROR] `action_id` {action_id} already exists [json-pointer:{where}]"
            used |= {action_id} - {None}

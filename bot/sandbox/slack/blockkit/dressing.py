"""What Slack adds to blocks it takes: ids nobody gave, defaults of text objects, entities in their stored form."""

import copy
import random
import string
from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.entities import Marker

ID_ALPHABET = string.ascii_letters + string.digits + "+/="
ID_LENGTH = 5
ACTIONLESS = frozenset({"image", "plain_text", "mrkdwn"})


def dressed(blocks: list[dict[str, Any]], *, marker: Marker, rng: random.Random) -> list[dict[str, Any]]:
    """Return ``blocks`` as Slack stores them; they are valid."""
    stored = copy.deepcopy(blocks)
    for block in stored:
        block.setdefault("block_id", fresh_id(rng))
        for element in elements(block):
            element.setdefault("action_id", fresh_id(rng))
        for text in _texts(block):
            dress_text(text, marker=marker)
    return stored


def fresh_id(rng: random.Random) -> str:
    """Return an id as Slack makes them up."""
    return "".join(rng.choices(ID_ALPHABET, k=ID_LENGTH))


def dress_text(text: dict[str, Any], *, marker: Marker) -> None:
    """Give a text object its defaults and its stored form, in place."""
    if text["type"] == "plain_text":
        text.setdefault("emoji", True)
        text["text"] = marker.escape(text["text"])
    else:
        text.setdefault("verbatim", False)
        text["text"] = marker.mark(text["text"], links=not text["verbatim"], names=not text["verbatim"])


def elements(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a person can press or fill in, inside ``block``."""
    match block["type"]:
        case "actions":
            yield from block["elements"]
        case "section" if block.get("accessory", {"type": "image"})["type"] not in ACTIONLESS:
            yield block["accessory"]
        case "input":
            yield block["element"]


def _texts(found: object) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for item in found:
            yield from _texts(item)
    elif isinstance(found, dict):
        if found.get("type") in {"plain_text", "mrkdwn"}:
            yield found
        else:
            for item in found.values():
                yield from _texts(item)


def words(found: object) -> int:
    """Return how many characters of text some blocks hold, rich text included."""
    if isinstance(found, list):
        return sum(words(item) for item in found)
    if not isinstance(found, dict):
        return 0
    text = found.get("text")
    own = len(text) if isinstance(text, str) else 0
    return own + sum(words(item) for item in found.values())

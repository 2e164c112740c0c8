"""A message's text, blocks and metadata on their way into a channel, checked and in stored form."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.blockkit.dressing import dressed, words
from bot.sandbox.slack.blockkit.flaws import message_flaws
from bot.sandbox.slack.entities import Marker

TEXT_MOST = 40_000
# Not published; a message of about 11,300 characters in blocks has been refused (Slack fact sheet, section 9).
BLOCK_TEXT_MOST = 11_000
METADATA_MOST = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says, in stored form; ``warnings`` are Slack's."""

    text: str
    blocks: list[dict[str, Any]]
    warnings: tuple[str, ...] = field(default=())


def compose(body: Mapping[str, Any], *, marker: Marker, rng: random.Random) -> Content:
    """Return the content in ``body`` (``text``, ``blocks``, ``parse``, ``link_names``).

    Raises:
        Refused: ``no_text``, ``invalid_blocks_format``, ``invalid_blocks`` or ``msg_blocks_too_long``.
    """
    text, blocks = str(body.get("text") or ""), body.get("blocks") or []
    if not text and not blocks:
        raise Refused(error="no_text")
    if not isinstance(blocks, list):
        raise Refused(error="invalid_blocks_format")
    flaws = message_flaws(blocks)
    if flaws:
        raise invalid(flaws, error="invalid_blocks")
    if words(blocks) > BLOCK_TEXT_MOST:
        raise Refused(error="msg_blocks_too_long")
    full = body.get("parse") == "full" or bool(body.get("link_names"))
    stored = marker.mark(text[:TEXT_MOST], links=body.get("parse") != "none", names=full)
    warnings = ("message_truncated",) if len(text) > TEXT_MOST else ()
    return Content(text=stored, blocks=dressed(blocks, marker=marker, rng=rng), warnings=warnings)


def metadata(given: object) -> dict[str, Any]:
    """Return message metadata that has the documented form (Slack fact sheet, section 10).

    Raises:
        Refused: ``invalid_metadata_format`` or ``metadata_too_large``.
    """
    if not isinstance(given, dict) or given.keys() != {"event_type", "event_payload"}:
        raise Refused(error="invalid_metadata_format")
    if not isinstance(given["event_type"], str) or not isinstance(given["event_payload"], dict):
        raise Refused(error="invalid_metadata_format")
    if len(json.dumps(given)) > METADATA_MOST:
        raise Refused(error="metadata_too_large")
    return given

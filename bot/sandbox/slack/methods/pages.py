"""Lists in pages, as Slack's cursors turn them."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.registry import Call

PREFIX = "next:"
MOST = 999
Item = TypeVar("Item")


def page(
    call: Call, items: Sequence[Item], *, usual: int = 100, limit_error: str = ""
) -> tuple[list[Item], dict[str, Any]]:
    """Return the page the call asks for and the fields that lead on; an empty ``next_cursor`` ends the list.

    ``usual`` is the page size where the call names none. ``limit_error`` is the method's own error for a bad limit.

    Raises:
        Refused: ``invalid_cursor``, ``limit_error`` or ``invalid_arguments``.
    """
    start, size = _start(call.text("cursor")), _limit(call, usual, limit_error)
    following = start + size
    leads_on = following < len(items)
    cursor = base64.b64encode(f"{PREFIX}{following}".encode()).decode() if leads_on else ""
    return list(items[start:following]), {"response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        decoded = base64.b64decode(cursor, validate=True).decode()
        if decoded.startswith(PREFIX):
            return int(decoded.removeprefix(PREFIX))
    except (binascii.Error, ValueError):
        pass
    raise Refused(error="invalid_cursor")


def _limit(call: Call, usual: int, error: str) -> int:
    given = call.text("limit")
    if given in {"", "0"}:
        return usual
    if given.isdecimal() and int(given) <= MOST:
        return int(given)
    raise Refused(error=error) if error else invalid([f"[ERROR] must be between 1 and {MOST} [json-pointer:/limit]"])

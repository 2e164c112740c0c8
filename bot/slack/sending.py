"""The button of a preview that sends what it showed, and what a press on it says. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.command import NotUnderstood, Request, parse
from bot.slack.cards import TEXT_MAX, Block
from bot.slack.clicks import NotOurButton
from bot.slack.wording import Mrkdwn, Wording

SEND = "request_send"
VALUE_MAX = 2000  # characters of a button's value; Slack fact sheet, section 11
_BLOCK = re.compile(rf"{SEND}:(?P<key>[0-9a-f]{{64}})")


def offer(text: Mrkdwn, line: str, words: Wording) -> dict[str, Any]:
    """Return what an answer with ``text`` holds for a button that sends ``line``; nothing where Slack takes none."""
    if len(text) > TEXT_MAX or len(line) > VALUE_MAX:
        return {}
    return {"send": {"line": line, "label": words.say(f"button/{SEND}")}}


def blocks(text: str, send: Mapping[str, str], *, key: str) -> list[Block]:
    """Return the message with ``text`` and the button that ``send`` (of ``offer``) is; ``key`` is the preview's intake.

    The button names the preview, so that what it showed is sent once, however often it is pressed.
    """
    button: Block = {
        "type": "button",
        "action_id": SEND,
        "text": {"type": "plain_text", "text": send["label"], "emoji": False},
        "value": send["line"],
        "style": "primary",
    }
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}},
        {"type": "actions", "block_id": f"{SEND}:{key}", "elements": [button]},
    ]


def pressed(body: Mapping[str, Any]) -> tuple[Request, str]:
    """Return the request that a press (the intake's ``body``) sends, and the intake key of the preview it names.

    What a button says is no more than a line that its person could have typed.

    Raises:
        NotOurButton: no preview has such a button.
    """
    found = _BLOCK.fullmatch(str(body.get("block")))
    try:
        request = parse(str(body["value"]))
    except NotUnderstood:
        raise NotOurButton from None
    if found is None or not isinstance(request, Request) or request.emergency:
        raise NotOurButton
    return request, found["key"]

"""Forms: pure."""

from typing import Any

from bot.domain.change import Change
from bot.slack.cards import title, value
from bot.slack.wording import Wording

REJECT_FORM = "change_reject_form"
TITLE_MAX = 24  # characters; Slack fact sheet, section 11
NOTE_MAX = 500  # characters


def reject_modal(change: Change, words: Wording, *, channel: str) -> dict[str, Any]:
    """Return the form that asks why ``change`` is rejected; ``channel`` is where answers go."""
    return {
        "type": "modal",
        "callback_id": REJECT_FORM,
        "private_metadata": f"{channel} {value(change)}",
        "title": _plain(words.say("modal/reject/title", change=change.name)[:TITLE_MAX]),
        "submit": _plain(words.say("modal/reject/submit")),
        "close": _plain(words.say("modal/reject/close")),
        "blocks": [
            {"type": "section", "text": _plain(title(change, words))},
            {
                "type": "input",
                "block_id": "note",
                "label": _plain(words.say("modal/reject/label")),
                "hint": _plain(words.say("modal/reject/hint")),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "note",
                    "multiline": True,
                    "min_length": 1,
                    "max_length": NOTE_MAX,
                    "focus_on_load": True,
                },
            },
        ],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}

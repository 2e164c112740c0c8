"""Forms: pure."""

from typing import Any

from bot.domain.change import Change
from bot.slack.cards import title, value
from bot.slack.wording import Wording

REJECT_FORM = "change_reject_form"
APPROVE_FORM = "change_approve_form"
NOTE, LISTENER = "note", "listener"  # the fields
TITLE_MAX = 24  # characters; Slack fact sheet, section 11
NOTE_MAX = 500  # characters
ID_MAX = 64  # characters; more than any id of the cloud has


def reject_modal(change: Change, words: Wording, *, channel: str) -> dict[str, Any]:
    """Return the form that asks why ``change`` is rejected; ``channel`` is where answers go."""
    asked = _question(NOTE, words.say("modal/reject/label"), words.say("modal/reject/hint"), most=NOTE_MAX)
    asked["element"]["multiline"] = True
    return {
        "callback_id": REJECT_FORM,
        "private_metadata": f"{channel} {value(change)}",
        "title": _plain(words.say("modal/reject/title", change=change.name)[:TITLE_MAX]),
        "submit": _plain(words.say("modal/reject/submit")),
        "close": _plain(words.say("modal/reject/close")),
        **_about(change, words, asked),
    }


def approve_modal(change: Change, words: Wording, *, channel: str) -> dict[str, Any]:
    """Return the form in which the approver types the id of the listener; ``channel`` is where answers go."""
    listener, load_balancer = change.operation.listener, change.operation.load_balancer
    label = words.say("modal/approve/label", listener=listener)
    asked = _question(LISTENER, label, words.say("modal/approve/hint", load_balancer=load_balancer), most=ID_MAX)
    return {
        "callback_id": APPROVE_FORM,
        "private_metadata": f"{channel} {value(change)} {listener}",
        "title": _plain(words.say("modal/approve/title", change=change.name)[:TITLE_MAX]),
        "submit": _plain(words.say("modal/approve/submit")),
        "close": _plain(words.say("modal/approve/close")),
        **_about(change, words, asked),
    }


def _about(change: Change, words: Wording, asked: dict[str, Any]) -> dict[str, Any]:
    return {"type": "modal", "blocks": [{"type": "section", "text": _plain(title(change, words))}, asked]}


def _question(name: str, label: str, hint: str, *, most: int) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label),
        "hint": _plain(hint),
        "element": {
            "type": "plain_text_input",
            "action_id": name,
            "min_length": 1,
            "max_length": most,
            "focus_on_load": True,
        },
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}

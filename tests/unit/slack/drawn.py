"""What Slack would make of a drawing: its own validator, and its own stored form of every text."""

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.sandbox.slack.compose import compose
from bot.sandbox.slack.entities import ENTITY, Marker
from bot.sandbox.slack.seed import seeded

UPDATE_TEXT_MOST = 4000  # characters of chat.update's text; Slack fact sheet, section 9
MARKER = Marker(workspace=seeded(now=lambda: 0.0))

_ATTACKS = (
    "<!channel>", "<!here|x>", "<@U0BOB>", "<#C0INCIDENT>", "<!subteam^S0APPROVE>", "<!date^0^{date}|x>",
    "<https://evil.example.com|click>", "https://evil.example.com", "@here", "@channel", "#incident-42",
    "&lt;!here&gt;", "`", "```", "*", "_", "~", ">", "&", "<", "|", "\n", "\r", "\x00", "\x1b[2J", "\u202e",
    "{change}", "%s", "x",
)  # fmt: skip
hostile = st.one_of(
    st.text(max_size=500),
    st.lists(st.sampled_from(_ATTACKS), max_size=100).map("".join).map(lambda text: text[:500]),
    st.sampled_from(_ATTACKS).map(lambda attack: (attack * 500)[:500]),
)


def stored(text: str, blocks: list[dict[str, Any]]) -> Iterator[str]:
    """Yield every text of the message as Slack would keep it; raise ``Refused`` where it wouldn't take it."""
    content = compose({"text": text, "blocks": blocks}, marker=MARKER, rng=random.Random(1))  # noqa: S311 - made-up ids
    yield content.text
    yield from (text for text, is_plain in texts(content.blocks) if not is_plain)


def texts(found: object) -> Iterator[tuple[str, bool]]:
    """Yield every text object's text, and whether it is a plain one."""
    if isinstance(found, list):
        for item in found:
            yield from texts(item)
    elif isinstance(found, dict):
        if found.get("type") in {"plain_text", "mrkdwn"}:
            yield str(found["text"]), found["type"] == "plain_text"
        else:
            for item in found.values():
                yield from texts(item)


def entities(text: str) -> set[str]:
    """Return every mention and moment in a stored text; addresses are only links to themselves where they stand."""
    return {found for found in ENTITY.findall(text) if not found.startswith(("<http", "<mailto:", "<tel:"))}

"""Slack's texts as the templates write them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.sandbox.slack.page.mrkdwn import mrkdwn, plain
from bot.sandbox.slack.page.names import Names
from bot.sandbox.slack.page.rich_text import rich_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes texts the way one reader's page shows them."""

    names: Names

    def words(self, text: Mapping[str, Any]) -> Markup:
        """Return a text object as safe HTML; only ``mrkdwn`` objects have marks."""
        if text["type"] == "mrkdwn":
            return mrkdwn(text["text"], self.names)
        return plain(text["text"], pictures=text.get("emoji", True))

    def rich(self, elements: Iterable[Mapping[str, Any]]) -> Markup:
        """Return the elements of a ``rich_text`` block as safe HTML."""
        return rich_text(elements, self.names)


def is_web(url: object) -> bool:
    """Whether a button may lead to ``url``."""
    return isinstance(url, str) and url.lower().startswith(("http://", "https://"))


def unslacked(text: str) -> str:
    """Return text with Slack's escapes read, for places that hold no marks, such as an ``<option>``."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

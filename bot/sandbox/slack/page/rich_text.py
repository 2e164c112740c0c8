"""Slack's ``rich_text`` block as HTML: its texts are literal, its marks are styles (Slack fact sheet, section 12)."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from bot.sandbox.slack.page import emoji
from bot.sandbox.slack.page.entities import DATE_END, link, moment
from bot.sandbox.slack.page.names import Names

Element = Mapping[str, Any]

_STYLES = {
    "code": Markup("<code>{}</code>"),
    "strike": Markup("<s>{}</s>"),
    "italic": Markup("<i>{}</i>"),
    "bold": Markup("<b>{}</b>"),
}
_PARTS = {
    "rich_text_section": Markup("<p>{}</p>"),
    "rich_text_quote": Markup("<blockquote>{}</blockquote>"),
    "rich_text_preformatted": Markup("<pre>{}</pre>"),
}
_LISTS = {"bullet": Markup("<ul>{}</ul>"), "ordered": Markup("<ol>{}</ol>")}
_ITEM = Markup("<li>{}</li>")
_MENTION = Markup('<span class="mention">{}</span>')
_BREAK = Markup("<br>")


def rich_text(elements: Iterable[Element], names: Names) -> Markup:
    """Return the ``elements`` of one ``rich_text`` block as safe HTML; an unknown part is left out."""
    return Markup("").join(_part(element, names) for element in elements)


def _part(part: Element, names: Names) -> Markup:
    if part["type"] == "rich_text_list":
        items = Markup("").join(_ITEM.format(_inlines(item["elements"], names)) for item in part["elements"])
        return _LISTS.get(part.get("style", ""), _LISTS["bullet"]).format(items)
    if shape := _PARTS.get(part["type"]):
        return shape.format(_inlines(part["elements"], names))
    return Markup("")


def _inlines(elements: Iterable[Element], names: Names) -> Markup:
    return Markup("").join(_styled(element, names) for element in elements)


def _styled(element: Element, names: Names) -> Markup:
    drawn = _inline(element, names)
    styles: Mapping[str, Any] = element.get("style") or {}
    for name, shape in _STYLES.items():
        drawn = shape.format(drawn) if styles.get(name) else drawn
    return drawn


def _inline(element: Element, names: Names) -> Markup:
    match element:
        case {"type": "text", "text": str(text)}:
            return _BREAK.join(escape(line) for line in text.split("\n"))
        case {"type": "link", "url": str(url)} if url.lower().startswith(("http://", "https://", "mailto:")):
            return link(escape(url), escape(element.get("text", "")))
        case {"type": "emoji", "name": str(name)}:
            return emoji.named(name)
        case {"type": "date", "timestamp": int(unix)} if 0 <= unix < DATE_END:
            return moment(unix, form=element.get("format", ""), fallback=element.get("fallback", ""))
        case _:
            return _mention(element, names)


def _mention(element: Element, names: Names) -> Markup:
    match element:
        case {"type": "user", "user_id": str(user)}:
            return _MENTION.format(names.person(user))
        case {"type": "channel", "channel_id": str(channel)}:
            return _MENTION.format(names.channel(channel))
        case {"type": "broadcast", "range": who} | {"type": "usergroup", "usergroup_id": who}:
            return _MENTION.format(f"@{who}")
        case _:
            return escape(element.get("text") or element.get("url") or "")

"""What stands between ``<`` and ``>`` in Slack's text, read from escaped text (Slack fact sheet, section 12)."""

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

from bot.sandbox.slack.page.names import Names

_SLACK_ESCAPE = re.compile(r"&amp;(amp|lt|gt);")
_PERSON = re.compile(r"@(?P<id>[UW][A-Z0-9]+)")
_CHANNEL = re.compile(r"#(?P<id>[CGD][A-Z0-9]+)")
_GROUP = re.compile(r"!subteam\^(?P<id>S[A-Z0-9]+)")
_BROADCAST = re.compile(r"!(?P<who>here|channel|everyone)")
DATE_END = (
    10**11
)  # seconds since the epoch, exclusive: the year 5138, and every moment before it is one Python can hold
_DATE = re.compile(r"!date\^(?P<unix>\d{1,11})\^(?P<form>[^^]+)(?:\^.*)?")
_LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_MENTION = Markup('<span class="mention">{}</span>')


def unslack(escaped: str) -> Markup:
    """Return escaped text with Slack's three escapes read as the characters they stand for, still escaped for HTML."""
    return Markup(_SLACK_ESCAPE.sub(r"&\1;", escaped))  # noqa: S704 - the caller escaped it; what is replaced stays so


def entity(body: str, names: Names) -> Markup:
    """Return the escaped ``body`` of one entity as HTML; what isn't on the whitelist stays text, brackets included."""
    head, _, label = body.partition("|")
    if date := _DATE.fullmatch(head):
        return moment(int(date["unix"]), form=unslack(date["form"]), fallback=unslack(label))
    if _LINK.fullmatch(head):
        return link(unslack(head), unslack(label))
    if words := _mention(head, label, names):
        return _MENTION.format(words)
    return unslack(f"&lt;{body}&gt;")


def entity_words(body: str, names: Names) -> Markup:
    """Return the escaped ``body`` of one entity as words only, for code and preformatted text."""
    head, _, label = body.partition("|")
    if _LINK.fullmatch(head) or _DATE.fullmatch(head):
        return unslack(label or head)
    return escape(_mention(head, label, names) or unslack(f"&lt;{body}&gt;"))


def link(url: Markup, label: Markup | str) -> Markup:
    """Return a link that tells its target nothing; ``url`` must already be http, https or mailto."""
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(
        url, label or url.removeprefix("mailto:")
    )


def moment(unix: int, *, form: str, fallback: Markup | str) -> Markup:
    """Return a ``<time>`` that reads as ``fallback`` until the page's script writes it in the reader's zone.

    ``unix`` is seconds since the epoch, ``form`` Slack's pattern such as ``{date_short_pretty} {time}``.
    """
    at = datetime.fromtimestamp(unix, UTC)
    return Markup('<time datetime="{}" data-form="{}">{}</time>').format(
        at.strftime("%Y-%m-%dT%H:%M:%SZ"), form, fallback or at.strftime("%Y-%m-%d %H:%M UTC")
    )


def _mention(head: str, label: str, names: Names) -> str | Markup:
    if person := _PERSON.fullmatch(head):
        return names.person(person["id"], unslack(label))
    if channel := _CHANNEL.fullmatch(head):
        return names.channel(channel["id"], unslack(label))
    if group := _GROUP.fullmatch(head):
        return names.group(group["id"], unslack(label))
    if broadcast := _BROADCAST.fullmatch(head):
        return "@" + broadcast["who"]
    return ""

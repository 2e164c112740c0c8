"""Slack's mrkdwn as HTML: escape first, then read a whitelist of marks from the escaped text.

Source: Slack fact sheet, section 12. Slack's own escapes (``&amp;`` ``&lt;`` ``&gt;``) stand for single characters, so
after escaping an entity's brackets are ``&lt;`` and ``&gt;`` while a bracket somebody typed is ``&amp;lt;``: the two
can't be confused. A mark never holds its own delimiter and an entity never another, so marks nest three deep at most
and reading a text takes time linear in its length.
"""

import re
from collections.abc import Callable
from itertools import groupby

from markupsafe import Markup, escape

from bot.sandbox.slack.page import emoji
from bot.sandbox.slack.page.entities import entity, entity_words, unslack
from bot.sandbox.slack.page.names import Names

_PRE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|&amp;gt;) ?")
_ENTITY = re.compile(r"&lt;(?P<entity>\S(?:(?!&lt;).)*?)&gt;")
_MARK = re.compile(
    r"`(?P<code>[^`]+)`"
    rf"|{_ENTITY.pattern}"
    rf"|{emoji.PATTERN}"
    r"|(?<![\w*])\*(?P<b>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<i>[^\s_](?:[^_]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<s>[^\s~](?:[^~]*[^\s~])?)~(?![\w~])"
)
_EMPHASIS = {"b": Markup("<b>{}</b>"), "i": Markup("<i>{}</i>"), "s": Markup("<s>{}</s>")}
_BREAK = Markup("<br>")


def mrkdwn(text: str, names: Names) -> Markup:
    """Return ``text``, written in Slack's mrkdwn, as safe HTML."""
    pieces = _PRE.split(str(escape(text)))
    return Markup("").join(_pre(piece, names) if at % 2 else _lines(piece, names) for at, piece in enumerate(pieces))


def plain(text: str, *, pictures: bool = True) -> Markup:
    """Return ``text`` of a ``plain_text`` object as safe HTML; no mark is read.

    ``pictures`` is the object's ``emoji``: whether ``:name:`` becomes a picture.
    """
    escaped = str(escape(text))
    return _BREAK.join(
        _woven(emoji.FOUND, line, emoji.found) if pictures else unslack(line) for line in escaped.split("\n")
    )


def _pre(piece: str, names: Names) -> Markup:
    return Markup("<pre>{}</pre>").format(_literal(piece, names))


def _lines(piece: str, names: Names) -> Markup:
    blocks = [
        Markup("<blockquote>{}</blockquote>").format(_joined([_QUOTE.sub("", line, count=1) for line in lines], names))
        if quoted
        else _joined(list(lines), names)
        for quoted, lines in groupby(piece.strip("\n").split("\n"), key=lambda line: bool(_QUOTE.match(line)))
    ]
    return Markup("").join(blocks)


def _joined(lines: list[str], names: Names) -> Markup:
    return _BREAK.join(_inline(line, names) for line in lines)


def _inline(line: str, names: Names) -> Markup:
    return _woven(_MARK, line, lambda mark: _marked(mark, names))


def _marked(mark: re.Match[str], names: Names) -> Markup:
    kind, body = next((kind, body) for kind, body in mark.groupdict().items() if body is not None)
    match kind:
        case "code":
            return Markup("<code>{}</code>").format(_literal(body, names))
        case "entity":
            return entity(body, names)
        case "emoji" | "character":
            return emoji.found(mark)
        case _:
            return _EMPHASIS[kind].format(_inline(body, names))


def _literal(piece: str, names: Names) -> Markup:
    """Return ``piece`` of code: no mark counts, an entity reads as its words."""
    return _woven(_ENTITY, piece, lambda found: entity_words(found["entity"], names))


def _woven(pattern: re.Pattern[str], text: str, draw: Callable[[re.Match[str]], Markup]) -> Markup:
    """Return escaped ``text`` with every match of ``pattern`` drawn and everything between read as it is."""
    drawn, at = Markup(""), 0
    for found in pattern.finditer(text):
        drawn += unslack(text[at : found.start()]) + draw(found)
        at = found.end()
    return drawn + unslack(text[at:])

"""The few emoji the page knows by name; any other name stays the text ``:name:``.

Those whose name is in ``DRAWN`` come as small pictures of our own, so that a machine without an emoji font shows them,
too.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from markupsafe import Markup, escape

EMOJI: Mapping[str, str] = MappingProxyType(
    {
        "+1": "👍",
        "-1": "👎",
        "arrow_right": "➡️",
        "arrows_counterclockwise": "🔄",
        "bell": "🔔",
        "bulb": "💡",
        "calendar": "📅",
        "clock3": "🕒",
        "eyes": "👀",
        "gear": "⚙️",
        "grey_question": "❔",
        "heavy_check_mark": "✔️",
        "hourglass": "⌛",
        "hourglass_flowing_sand": "⏳",
        "information_source": "ℹ️",
        "large_blue_circle": "🔵",
        "large_green_circle": "🟢",
        "large_yellow_circle": "🟡",
        "link": "🔗",
        "lock": "🔒",
        "mag": "🔍",
        "memo": "📝",
        "no_entry": "⛔",
        "no_entry_sign": "🚫",
        "octagonal_sign": "🛑",
        "question": "❓",
        "red_circle": "🔴",
        "repeat": "🔁",
        "rocket": "🚀",
        "rotating_light": "🚨",
        "snowflake": "❄️",
        "sunny": "☀️",
        "tada": "🎉",
        "thumbsdown": "👎",
        "thumbsup": "👍",
        "warning": "⚠️",
        "white_check_mark": "✅",
        "white_circle": "⚪",
        "wrench": "🔧",
        "x": "❌",
        "zap": "⚡",
    }
)
DRAWN = frozenset(
    file.name.removesuffix(".svg") for file in files("bot.sandbox.slack.page").joinpath("static", "emoji").iterdir()
)

# A name between colons, or one of the characters themselves, with or without the mark that asks for its picture.
_CHARACTERS = {character.removesuffix("\ufe0f"): name for name, character in EMOJI.items() if name in DRAWN}
PATTERN = rf":(?P<emoji>[a-z0-9_+\-]{{1,40}}):|(?P<character>[{''.join(_CHARACTERS)}])\ufe0f?"
FOUND = re.compile(PATTERN)
_PICTURE = Markup('<img class="emoji" src="/static/emoji/{}.svg" alt="{}" title=":{}:">')


def named(name: str) -> Markup:
    """Return the emoji ``:name:`` as HTML."""
    if name in DRAWN:
        return _PICTURE.format(name, EMOJI[name], name)
    return escape(EMOJI.get(name, f":{name}:"))


def found(match: re.Match[str]) -> Markup:
    """Return the emoji that ``PATTERN`` found, by name or by character, as HTML."""
    return named(match["emoji"] or _CHARACTERS[match["character"]])

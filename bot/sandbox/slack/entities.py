"""Text in its stored form: what Slack escapes, keeps and links (Slack fact sheet, section 12)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.slack.workspace import Workspace

BRACKETED = (
    r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|!here|!channel|!everyone|!subteam\^S[A-Z0-9]+|!date\^\d+\^[^<>|]+"
    r"|(?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|[^<>]*)?>"
)
ESCAPED = r"&(?:amp|lt|gt);"
ENTITY = re.compile(BRACKETED)
ESCAPES = re.compile(ESCAPED)
KEPT = re.compile(f"{BRACKETED}|{ESCAPED}")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
URL = re.compile(r"https?://(?:&amp;|[^\s<>|`&])*(?:&amp;|[^\s<>|`&.,;:!?)\]'\"])")
CHANNEL = re.compile(r"(?<![\w&])#([a-z0-9_-]+)")
EVERYBODY = re.compile(r"(?<![\w])@(here|channel|everyone)\b")
PERSON = re.compile(r"(?<![\w])@([a-z0-9._-]*[a-z0-9])")


def escape(text: str) -> str:
    """Escape the three characters that mean something."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _between(kept: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """Return ``text`` with ``change`` made everywhere but in what matches ``kept``."""
    parts, at = [], 0
    for match in kept.finditer(text):
        parts += [change(text[at : match.start()]), match.group()]
        at = match.end()
    return "".join([*parts, change(text[at:])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Turns what an app or a person wrote into what Slack stores, with the workspace's names."""

    workspace: Workspace

    def escape(self, text: str) -> str:
        """Return plain text: no entity means anything, those already escaped stay as they are."""
        return _between(ESCAPES, text, escape)

    def mark(self, text: str, *, links: bool, names: bool) -> str:
        """Return marked-up text: real entities kept, the rest escaped.

        ``links`` turns bare addresses into links. ``names`` turns ``#channel`` and ``@here`` into what they name:
        the automatic parsing an app must switch off around foreign text.
        """
        marked = _between(KEPT, text, escape)
        if links:
            marked = self._outside(marked, lambda part: URL.sub(lambda match: f"<{match.group()}>", part))
        if names:
            marked = self._outside(marked, self._name)
        return marked

    def typed(self, text: str) -> str:
        """Return what a person typed: every ``<`` is only a character; names and addresses become entities."""
        marked = self.mark(escape(text), links=True, names=True)
        return self._outside(marked, lambda part: PERSON.sub(self._person, part))

    def _outside(self, text: str, change: Callable[[str], str]) -> str:
        return _between(ENTITY, text, lambda part: _between(CODE, part, change))

    def _name(self, part: str) -> str:
        return EVERYBODY.sub(r"<!\1>", CHANNEL.sub(self._channel, part))

    def _channel(self, match: re.Match[str]) -> str:
        channel = self.workspace.find_channel(match.group(1))
        if channel is None or channel.is_im:
            return match.group()
        return f"<#{channel.id}|{'' if channel.is_private else channel.name}>"

    def _person(self, match: re.Match[str]) -> str:
        user = next((user for user in self.workspace.users.values() if user.name == match.group(1)), None)
        return match.group() if user is None else f"<@{user.id}>"

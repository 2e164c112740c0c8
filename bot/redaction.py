"""What must never be read in a log or stored: secrets, however they are written.

Two nets, since neither catches everything: the secrets this process knows, in every spelling they take on the way into
a log, and the shapes of Slack's and the cloud's secrets, known or not. A log loses a harmless word rather than show a
key (``LOGGED``); what people type is read by an approver, so there only what is a secret goes (``TYPED``).
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

MARK: Final = "[redacted]"
SHORTEST = 4  # characters; what is shorter can't be told from ordinary text
DEPTH = 8  # levels of nested values; what lies deeper is written as one text

_REST = r"[^\s\"'<>|&,;]+"
_LONG = r"[\w.~+/=%-]{16,}"  # as long as a real token
LOGGED: Final = tuple(
    (re.compile(shape), kept + MARK)
    for shape, kept in (
        (r"(?i)xox[a-z](?:\.xox[a-z])?-[\w.%-]+", ""),  # bot, user, refresh and rotated tokens (Slack, section 14)
        (r"(?i)xapp-[\w.%-]+", ""),  # app-level tokens (Slack, section 8)
        (r"AKID[\w-]+", ""),  # cloud key ids (BMLB, section 2)
        (r"(?i)TC3-HMAC-SHA256[ +]Credential=[^\r\n]*?Signature=\w+", "TC3-HMAC-SHA256 "),  # 3.0 Authorization
        (r"(?i)(bearer)(?:\s+|%20|\+)" + _REST, r"\1 "),
        (r"(?i)(signature|ticket|token|secret_?id|secret_?key)(?:=|%3d)" + _REST, r"\1="),  # v1 query, Socket Mode URL
        (r"(?i)(-{1,2}(?:secret-?(?:id|key)|token))(?:\s+|=)" + _REST, r"\1 "),  # a pasted command line
        (r"(?i)v0=[0-9a-f]{64}", "v0="),  # Slack's request signature (Slack, section 7)
        (r"(?i)hooks\.slack(-gov)?\.com[^\s\"'<>|]+", r"hooks.slack\1.com/"),  # response URLs need no token
        (r"://[^\s/@:]+:[^\s/@]+@", "://"),  # name and password of a proxy
    )
)
TYPED: Final = tuple(
    (re.compile(shape), kept + MARK)
    for shape, kept in (
        (r"(?i)xox[a-z](?:\.xox[a-z])?-[0-9]+-[\w.%-]{10,}", ""),  # "xoxb-tenant" is a word
        (r"(?i)xapp-[0-9]-[\w.%-]{10,}", ""),
        (r"(?i)AKID[0-9a-z]{16,}", ""),  # "AKIDs" is a word
        (r"(?i)TC3-HMAC-SHA256[ +]Credential=[^\r\n]*?Signature=\w+", "TC3-HMAC-SHA256 "),
        (
            rf"(?i)(bearer)(?:\s+|%20|\+)(?=[^\s0-9]*[0-9]){_LONG}",
            r"\1 ",
        ),  # "bearer authentication-service" has no digit
        # What the grammar refuses in a reason anyway (bot.domain.command.problems) needn't be stored.
        (r"(?i)(secret_?(?:id|key)[\"']?\s?(?:[=＝:：]|%3d)\s?[\"']?)" + _REST, r"\1"),
        (r"(?i)((?:signature|token)\s?(?:[=＝]|%3d)\s?[\"']?)" + _REST, r"\1"),
        (r"(?i)((?<!\S)-{1,2}secret[_-]?(?:id|key)\s+[\"']?)" + _REST, r"\1"),
        (rf"(?i)((?<!\S)--token\s+[\"']?){_LONG}", r"\1"),
        (r"(?i)(wss://[^\s<>|]*\bticket(?:=|%3d))" + _REST, r"\1"),  # "ticket=OPS-12" is a reason
        (r"(?i)v0=[0-9a-f]{64}", "v0="),
        (r"(?i)hooks\.slack(-gov)?\.com(?:\\?/|%2f)[^\s\"'<>|]{10,}", r"hooks.slack\1.com/"),
        (r"://[^\s/@:]+:[^\s/@]+@", "://"),
    )
)
_SECRET_KEY: Final = re.compile(
    r"(?i).*(?:authorization|cookie|password|response_?urls?|secret_?(?:id|key)?|signature|ticket|tokens?)"
)


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    for quoted in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield quoted
        yield re.sub("%..", lambda code: code[0].lower(), quoted)
        yield quote(quoted, safe="")
    yield from _in_base64(secret.encode())


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what stands in any base64 text whose plain text holds ``secret``, wherever in it that starts."""
    for before, first in ((0, 0), (1, 2), (2, 3)):  # a neighbour's bits reach into as many leading characters
        whole = (before + len(secret)) * 8 // 6
        text = base64.b64encode(b"\0" * before + secret).decode()[first:whole]
        yield text
        yield text.replace("+", "-").replace("/", "_")


class Redaction:
    """Replaces secrets in texts and in nested values by ``MARK``.

    ``secrets`` are clear values; those shorter than ``SHORTEST`` characters are ignored. ``shapes`` are ``LOGGED`` or
    ``TYPED``.
    """

    def __init__(self, secrets: Iterable[str], *, shapes: Iterable[tuple[re.Pattern[str], str]] = LOGGED) -> None:
        self._shapes = tuple(shapes)
        known = {spelling for secret in secrets if len(secret) >= SHORTEST for spelling in _spellings(secret)}
        longest_first = sorted((s for s in known if len(s) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __repr__(self) -> str:
        return "Redaction()"

    def text(self, text: str) -> str:
        """Return ``text`` without secrets."""
        if self._known:
            text = self._known.sub(MARK, text)
        for shape, instead in self._shapes:
            text = shape.sub(instead, text)
        return text

    def value(self, value: object, *, depth: int = DEPTH) -> object:
        """Return ``value`` as plain data without secrets.

        Mappings, lists, tuples and sets are walked ``depth`` levels down; bytes are read as UTF-8; anything else is
        written as its ``repr``. A value whose key names a secret (``Authorization``, ``token``, ...) goes whole.
        """
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes | bytearray | memoryview):
            return self.text(bytes(value).decode(errors="backslashreplace"))
        if depth > 0 and isinstance(value, Mapping):
            return {self.text(str(key)): self._under(str(key), item, depth - 1) for key, item in value.items()}
        if depth > 0 and isinstance(value, list | tuple | set | frozenset):
            return [self.value(item, depth=depth - 1) for item in value]
        return self.text(repr(value))

    def _under(self, key: str, value: object, depth: int) -> object:
        return MARK if value is not None and _SECRET_KEY.fullmatch(key) else self.value(value, depth=depth)

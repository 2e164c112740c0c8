"""What phones, chat clients and paste do to text: undone for the grammar, left alone in a reason.

The grammar reads ``Plain.text``; every character of it knows where it stood in the written text, so that a reason can
be cut out as the person wrote it. Slack's escapes and links: Slack fact sheet, section 12.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_LINK = r"<(?P<link>[A-Za-z][A-Za-z+.-]*:[^<>|\s]*)(?:\|(?P<label>[^<>]*))?>"
_PIECE = re.compile(rf"&(?P<entity>amp|lt|gt);|{_LINK}|.", re.DOTALL)
_MARKUP = re.compile(rf"&(?P<entity>amp|lt|gt);|{_LINK}")

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−⁃﹘﹣", "-"),
        **dict.fromkeys("“”„‟«»「」『』〝〞″", '"'),
        **dict.fromkeys("‘’‚‛‹›′", "'"),
        **dict.fromkeys("⇒➜➔➡⟶⟹", "→"),
        **dict.fromkeys("∶﹕", ":"),
        "。": ".",
        "、": ",",
    }
)
_WIDE_FIRST, _WIDE_LAST, _WIDE_SHIFT = 0xFF01, 0xFF5E, 0xFEE0  # the full-width twins of "!" to "~"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # control, format (zero-width, BOM, bidi), lone surrogate
_VARIATION = range(0xFE00, 0xFE10)  # chooses an emoji's looks

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would let a reason show other words than it holds
_SURROGATES = re.compile("[\ud800-\udfff]")  # half a character: can't be stored as UTF-8
_OUTER = (
    " \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u200b\u2060\ufeff"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """Text as the grammar reads it: ASCII punctuation and width, only plain spaces, nothing invisible.

    ``offsets[i]`` is where ``text[i]`` begins in ``written``; the last one is the end of ``written``.
    """

    text: str
    written: str
    offsets: tuple[int, ...]

    def as_written(self, start: int, end: int) -> str:
        """Return what the person wrote for ``text[start:end]``, Slack's markup undone."""
        return unescaped(self.written[self.offsets[start] : self.offsets[end]])


def plain(written: str) -> Plain:
    """Return ``written`` as the grammar reads it."""
    pieces = [(letter, at) for piece, at in _pieces(written, 0, len(written)) for letter in _letter(piece)]
    return Plain(
        text="".join(letter for letter, _ in pieces),
        written=written,
        offsets=(*(at for _, at in pieces), len(written)),
    )


def unescaped(text: str) -> str:
    """Return the text a person wrote, from what Slack made of it: ``&amp;`` and its own links around addresses."""
    return _MARKUP.sub(_unescaped, text)


def escaped(text: str) -> str:
    """Return what ``unescaped`` turns into ``text``: mostly ``text`` itself."""
    if not _MARKUP.search(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tidy(reason: str) -> str:
    """Return ``reason`` fit to be kept: no control characters, nothing invisible around it, otherwise untouched.

    Doing it twice changes nothing more.
    """
    kept = _TURNS.sub("", _CONTROLS.sub(" ", reason))
    return _SURROGATES.sub("\ufffd", kept).strip(_OUTER)


def is_blank(text: str) -> bool:
    """Say whether ``text`` shows nothing: spaces and invisible characters only."""
    return not visible(text)


def visible(text: str) -> int:
    """Return how many characters of ``text`` can be seen."""
    return sum(unicodedata.category(letter)[0] not in "CZ" for letter in text)


def _pieces(written: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    for found in _PIECE.finditer(written, start, end):
        if found["entity"]:
            yield _ENTITIES[found["entity"]], found.start()
        elif found["link"]:
            # An address with parameters is read from the link: a label may be shortened. Else what the person sees.
            inner = "link" if "?" in found["link"] or not found["label"] else "label"
            inside = list(_pieces(written, *found.span(inner)))
            yield inside[0][0], found.start()
            yield from inside[1:]
        else:
            yield found[0], found.start()


@lru_cache(maxsize=4096)
def _letter(piece: str) -> str:
    if piece.isspace():
        return " "
    if unicodedata.category(piece) in _INVISIBLE or ord(piece) in _VARIATION:
        return ""
    if _WIDE_FIRST <= ord(piece) <= _WIDE_LAST:
        return chr(ord(piece) - _WIDE_SHIFT)
    return piece.translate(_TYPOGRAPHY)


def _unescaped(found: re.Match[str]) -> str:
    if found["entity"]:
        return _ENTITIES[found["entity"]]
    link, label = _MARKUP.sub(_unescaped, found["link"]), _MARKUP.sub(_unescaped, found["label"] or "")
    if label and not link.endswith(label):
        return found[0]  # a label that says something else than its address: keep both
    return label or link

"""A command's words: where they stand, without the marks that chat clients put around them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.command.fields import fold, kind

_OPENING = "*_~`\"'([{"
_CLOSING = "*_~`\"')]},;.:!?"
_CHUNK = re.compile(r"\S+")
# Where one run of letters holds several words: arrows; parameters and ids joined by "&", a comma, a slash; a reason
# that follows a number after Chinese punctuation, which nobody follows with a space.
_SEAM = re.compile(
    r"(?P<arrow>→|[-=]{1,2}>)"
    r"|[&,;](?=[A-Za-z][A-Za-z_-]{0,40}[=:])"
    r"|[,;/](?=(?:lbl?|t?cpm)-)"
    r"|(?<=[0-9])[,;.:!](?=[\u3400-\u9fff])"
)
_NAME = re.compile(
    r"[*_~`\"'({]*(?P<dashes>-{0,2})(?P<name>[A-Za-z\u4e00-\u9fff][\w-]{0,40}?)[*_~`\"']*(?=[=:]|$)",
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word; ``start`` is where it begins in the plain text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Return where the word ends in the plain text."""
        return self.start + len(self.text)

    @property
    def bare(self) -> str:
        """Return the word without marks around it."""
        return self.text.lstrip(_OPENING).rstrip(_CLOSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A name with its value: ``port=1234``, ``port: 1234``, ``--Port 1234``.

    ``value`` is None where nothing was given. ``after`` is the index of the first word behind the pair.
    """

    name: str
    separator: str
    is_option: bool
    value: Word | None
    after: int

    @property
    def key(self) -> str:
        """Return the name as tables hold it."""
        return fold(self.name)


def words_of(text: str, start: int, end: int) -> list[Word]:
    """Return the words of ``text[start:end]``; ``text`` is plain."""
    found: list[Word] = []
    for chunk in _CHUNK.finditer(text, start, end):
        at = chunk.start()
        for seam in _SEAM.finditer(text, at, chunk.end()):
            found.append(Word(text[at : seam.start()], at))
            found.append(Word(seam["arrow"] or "", seam.start()))
            at = seam.end()
        found.append(Word(text[at : chunk.end()], at))
    return [word for word in found if word.text]


def pair_at(words: Sequence[Word], index: int, names: Mapping[str, str]) -> Pair | None:
    """Return the pair that begins at ``words[index]``, or None.

    ``names`` are the known keys. A colon makes a pair of a known key only: ``cpm-abcdefgh:1234`` is none.
    """
    word = words[index]
    found = _NAME.match(word.text)
    if not found or (kind(found["name"]) and fold(found["name"]) not in names):
        return None
    separator, value, after = _value(words, index, found.end(), is_option=bool(found["dashes"]))
    if not separator or (separator == ":" and fold(found["name"]) not in names):
        return None
    if value is not None and not value.text.startswith(("<", '"', "'")) and _begins_pair(value.text, names):
        value, after = None, index + 1
    return Pair(name=found["name"], separator=separator, is_option=bool(found["dashes"]), value=value, after=after)


def _value(words: Sequence[Word], index: int, end: int, *, is_option: bool) -> tuple[str, Word | None, int]:
    """Return the separator, the value and the index behind it."""
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else Word("", word.end)
    glued = Word(word.text[end + 1 :], word.start + end + 1)
    if word.text[end:]:
        separator = word.text[end]
        if glued.bare or glued.text.startswith(('"', "'")):
            return separator, glued, index + 1
        return separator, following if following.text else None, index + 2
    if following.text[:1] in {"=", ":"}:
        separator = following.text[0]
        if following.text[1:]:
            return separator, Word(following.text[1:], following.start + 1), index + 2
        return separator, words[index + 2] if index + 2 < len(words) else None, index + 3
    if is_option:
        return " ", following if following.text else None, index + 2
    return "", None, index + 1


def _begins_pair(text: str, names: Mapping[str, str]) -> bool:
    found = _NAME.match(text)
    if not found:
        return False
    has_separator = found.end() < len(text)
    return fold(found["name"]) in names and (has_separator or bool(found["dashes"]))

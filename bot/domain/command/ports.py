"""Numbers as people write them: alone, or from → to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.command.fields import is_number
from bot.domain.command.words import Word

_TOWARDS = frozenset({"→", "->", "-->", "=>", "==>", "to", "到", "至", "改为", "改成"})
_FROM = frozenset({"from", "从", "由"})
_JOINING = _TOWARDS | {"into", "then", "or", "and", "或", "和"}
_JOINTS = "=>/|,;:.!?()[]{}*_~`\"'"
_LOOKS_MEANT = re.compile(r"[-+]?[0-9].*")
_MOSTLY_DIGITS_MAX = 12


@dataclass(frozen=True, slots=True)
class Step:
    """``8080 → 12345``; ``after`` is the index of the first word behind it."""

    before: str
    towards: str
    after: int


def _number_at(words: Sequence[Word], index: int) -> str:
    return words[index].bare if index < len(words) and is_number(words[index].bare) else ""


def is_towards(words: Sequence[Word], index: int) -> bool:
    """Say whether ``words[index:]`` is an arrow and a number."""
    return words[index].text.lower() in _TOWARDS and _number_at(words, index + 1) != ""


def step_at(words: Sequence[Word], index: int) -> Step | None:
    """Return the step that begins at ``words[index]``, with or without "from"; None where none does."""
    first = index + (words[index].text.lower() in _FROM)
    before, towards = _number_at(words, first), _number_at(words, first + 2)
    if before and towards and words[first + 1].text.lower() in _TOWARDS:
        return Step(before, towards, first + 3)
    return None


def another_at(words: Sequence[Word], index: int) -> str:
    """Return the number at ``words[index]``, or behind a joining word there, or ``""``."""
    word = words[index].text.lower()
    is_joining = word in _JOINING or not any(letter.isalnum() for letter in word)
    behind = words[index + is_joining : index + is_joining + 1]
    number = behind[0].text.strip(_JOINTS) if behind else ""
    return number if is_number(number) else ""


def looks_meant(text: str) -> bool:
    """Say whether ``text``, which is no number, was probably meant as one: ``l2345``, ``12,345``, ``80.5``."""
    if _LOOKS_MEANT.fullmatch(text):
        return True
    digits = sum(letter in "0123456789" for letter in text)
    return 0 < digits >= len(text) / 2 and len(text) <= _MOSTLY_DIGITS_MAX

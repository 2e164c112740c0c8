"""Where a reason begins and ends."""

import bisect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.command.draft import Draft
from bot.domain.command.fields import is_number, kind, reason_keys
from bot.domain.command.normalise import Plain, is_blank, tidy
from bot.domain.command.problems import ProblemCode
from bot.domain.command.words import Word, pair_at

MARKER = "#"  # alone before a reason: everything behind it is the reason
_NAMED = reason_keys()
_QUOTES = ("'", '"')
_HEAD = 60  # characters of a reason in which another new value would still be meant as one
_NUMBER = r"(?<![0-9])([0-9]{2,5})(?![0-9:%.点时分号天个台])"
_NEW_VALUE = re.compile(
    rf"(?:\b(?:to|into|be|becomes?|new|now) +|(?:→|[-=]>|改[为成]|变[为成]|[到至为新]) *){_NUMBER}"
    rf"|{_NUMBER} *\(?(?:new\b|新)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A reason's place in the plain text. A loose one has no quotes: it might hold what was meant as a field."""

    start: int
    end: int
    is_loose: bool


def new_value(text: str, start: int) -> str:
    """Return the number that the words at ``start`` name as a new value ("… should be 8080"), or ``""``."""
    found = _NEW_VALUE.search(text, start, start + _HEAD)
    return found[1] or found[2] if found else ""


def quoted(text: str, start: int, end: int, words: Sequence[Word], is_value: Callable[[int], bool]) -> Span | None:
    """Return the place between the quotes that open at ``start``, or None.

    A quote closes a reason where the text ends or a value follows (``is_value`` of the next word's index); any other
    belongs to the reason.
    """
    if text[start : start + 1] not in _QUOTES:
        return None
    closing = text.find(text[start], start + 1, end)
    while closing != -1:
        index = index_behind(words, closing)
        behind = words[index - 1].end - closing - 1  # characters of the same word
        ends_word = behind <= 0 or (behind == 1 and text[closing + 1] in ",;")
        if ends_word and (index == len(words) or is_value(index)):
            return Span(start + 1, closing, is_loose=False)
        closing = text.find(text[start], closing + 1, end)
    return None


def index_behind(words: Sequence[Word], offset: int) -> int:
    """Return the index of the first word that begins behind ``offset``."""
    return bisect.bisect_right(words, offset, key=lambda word: word.start)


def rescue(reason: Span, words: Sequence[Word], names: Mapping[str, str], draft: Draft) -> Span:
    """Blame values of missing fields that stand in a loose reason, and return the reason before them.

    The values make the corrected line complete; the command as it was written stays refused.
    """
    missing = draft.missing
    end = reason.end
    for index in range(index_behind(words, reason.start - 1), len(words)) if missing else ():
        pair = pair_at(words, index, names)
        field = names.get(pair.key, "") if pair else ""
        if pair and pair.value and field in missing:
            draft.blame(ProblemCode.FIELD_IN_REASON, field, pair.value.bare)
            draft.put_backend(pair.value.bare) if field == "host" else draft.put(field, pair.value.bare)
            end = min(end, words[index].start)
    return Span(reason.start, end, is_loose=True)


def is_more_targets(words: Sequence[Word]) -> bool:
    """Say whether ``words`` are ids and numbers only, as in a command for two backends at once."""
    return any(kind(word.bare) for word in words) and all(
        kind(word.bare) or is_number(word.bare) or not word.bare for word in words
    )


def tidied(page: Plain, words: Sequence[Word], end: int) -> str:
    """Return the reason that begins with ``words``, as it was written.

    A marker before it is no part of it, nor is its name with the quotes that go to the end.
    """
    if words and words[0].text == MARKER:
        words = words[1:]
    elif words and (pair := pair_at(words, 0, _NAMED)) and pair.key in _NAMED:
        words = [pair.value, *words[pair.after :]] if pair.value else []
        inside = quoted(page.text, words[0].start, end, words, lambda _: False) if words else None
        if inside:
            return _tidied(page.as_written(inside.start, inside.end))
    return _tidied(page.as_written(words[0].start, end)) if words else ""


def _tidied(written: str) -> str:
    return "" if is_blank(written) else tidy(written)

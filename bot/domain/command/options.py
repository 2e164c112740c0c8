"""``--at`` and ``--window``: when an approved change is to start, where that is not at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.command.draft import Draft
from bot.domain.command.fields import is_placeholder
from bot.domain.command.moments import EXAMPLES, Moment, moment
from bot.domain.command.problems import ProblemCode, shown
from bot.domain.command.reasons import Span, index_behind
from bot.domain.command.words import Pair, Word, pair_at

AT, WINDOW = "at", "window"
_NAMES: Mapping[str, str] = MappingProxyType(
    {AT: AT, "时间": AT, "开始": AT, WINDOW: WINDOW, "窗口": WINDOW, "时间窗": WINDOW}
)
_EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType({AT: EXAMPLES, WINDOW: ("nightly",)})
_AT_WORDS = frozenset({"at", "在", "于"})
_WINDOW_NAME = re.compile(r"[a-z][a-z0-9_-]{0,99}")
_COMMAS = ",;."  # may stand behind any word
_MARKS = "*~`\"'([{)]},;.:!?"  # may stand around a word; "_" may, too, or be the end of a window's name
_STAND_IN = "00:00"  # reads back as a start, where only the person knows it


@dataclass(frozen=True, slots=True)
class Opening:
    """The next opening of ``window``, a name in the policy."""

    window: str


Begin = Moment | Opening | None  # None: at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option as it was written; ``after`` is the index of the first word behind it."""

    name: str
    text: str
    after: int


def option_at(words: Sequence[Word], index: int, names: Mapping[str, str]) -> Option | None:
    """Return the option that begins at ``words[index]``, told by dashes or an "=", or None; ``names`` are fields."""
    first = Word(words[index].text.rstrip(_COMMAS), words[index].start)
    pair = pair_at([first, *words[index + 1 : index + 3]], 0, {**names, **_NAMES}) if first.text else None
    name = _NAMES.get(pair.key) if pair else None
    if pair is None or name is None or not (pair.is_option or pair.separator == "="):
        return None
    text, after = _value(pair), min(index + pair.after, len(words))
    following = words[after].bare if after < len(words) else ""
    if name == AT and moment(text) is None and moment(f"{text} {following}"):  # a day, and its time
        text, after = f"{text}T{following}", after + 1
    return Option(name=name, text=text, after=after)


def _value(pair: Pair) -> str:
    """Return the pair's value as it was meant: a name may end in "_", which is a mark around other words."""
    if pair.value is None:
        return ""
    text = pair.value.text.strip(_MARKS)
    while len(text) > 1 and text[0] == text[-1] == "_":
        text = text[1:-1].strip(_MARKS)
    return text if _WINDOW_NAME.fullmatch(text.lower()) else pair.value.bare


def put(option: Option, draft: Draft) -> None:
    """Note that ``option`` was given."""
    if not option.text or is_placeholder(option.text):
        draft.blame(ProblemCode.MISSING_FIELD, option.name, allowed=_EXAMPLES[option.name])
        draft.unsure.add(AT)
    else:
        draft.put(option.name, option.text)


def apart(reason: Span, words: Sequence[Word], names: Mapping[str, str], draft: Draft) -> Span:
    """Take the options at the end of a loose ``reason`` out of it, and return what is left.

    One in its midst could be part of it, and so could a time at its beginning: they are blamed.
    """
    first, last = (index_behind(words, at - 1) for at in (reason.start, reason.end))
    inside = words[:last]
    _blame_beginning(inside[first:], draft)
    tail: list[tuple[int, Option]] = []
    for at, option in _options(inside, first, names):
        if tail and tail[-1][1].after != at:
            _blame_within(tail, draft)
            tail = []
        tail.append((at, option))
    if not tail:
        return reason
    if tail[-1][1].after != last:
        _blame_within(tail, draft)
        return reason
    for _, option in tail:
        put(option, draft)
    return Span(reason.start, words[tail[0][0]].start, is_loose=True)


def _options(words: Sequence[Word], index: int, names: Mapping[str, str]) -> Iterator[tuple[int, Option]]:
    while index < len(words):
        option = option_at(words, index, names) if words[index].text.lstrip("*_~`\"'({").startswith("-") else None
        if option:
            yield index, option
        index = option.after if option else index + 1


def _blame_within(options: Sequence[tuple[int, Option]], draft: Draft) -> None:
    for _, option in options:
        draft.blame(ProblemCode.OPTION_IN_REASON, option.name, f"--{option.name} {option.text}".rstrip())
        draft.unsure.add(AT)


def _blame_beginning(words: Sequence[Word], draft: Draft) -> None:
    said = [word.bare for word in words[:4] if word.bare][:2]
    is_time = len(said) > 1 and said[0].lower() in _AT_WORDS and moment(said[1]) is not None
    if is_time and not draft.said.keys() & {AT, WINDOW}:
        draft.blame(ProblemCode.MAYBE_START, AT, " ".join(said), (f"--at {said[1]}",))
        draft.unsure.add(AT)


def at_once(draft: Draft) -> None:
    """Blame whatever says, or could say, when the emergency ``draft`` is to start: it starts at once."""
    given = [f"--{name} {text}" for name in (AT, WINDOW) for text in draft.said.pop(name, [])]
    blamed = [problem for problem in draft.problems if problem.field in {AT, WINDOW}]
    given += [problem.value or f"--{problem.field}" for problem in blamed]
    if given:
        draft.problems = [problem for problem in draft.problems if problem not in blamed]
        draft.unsure.discard(AT)
        draft.blame(ProblemCode.STARTS_AT_ONCE, AT, " ".join(given))


def begin_of(draft: Draft) -> Begin:
    """Return when the change is to start, and note what is wrong with that."""
    given = {name: draft.said.get(name, []) for name in (AT, WINDOW)}
    for name, texts in given.items():
        if len(texts) > 1:
            draft.blame(ProblemCode.FIELD_TWICE, name, allowed=tuple(map(shown, texts)))
            draft.unsure.add(AT)
    if all(given.values()):
        draft.blame(ProblemCode.TWO_STARTS, AT, allowed=tuple(shown(f"--{name} {given[name][0]}") for name in given))
        draft.unsure.add(AT)
    if given[AT] and moment(given[AT][0]) is None:
        draft.blame(ProblemCode.NOT_A_MOMENT, AT, given[AT][0], EXAMPLES)
        draft.unsure.add(AT)
    if given[WINDOW] and not _WINDOW_NAME.fullmatch(given[WINDOW][0]):
        draft.blame(ProblemCode.MALFORMED_ID, WINDOW, given[WINDOW][0], _EXAMPLES[WINDOW])
        draft.unsure.add(AT)
    if AT in draft.unsure or not any(given.values()):
        return None
    return Opening(given[WINDOW][0]) if given[WINDOW] else moment(given[AT][0])


def written(begin: Begin) -> str:
    """Return the option that says it, or ``""``."""
    if begin is None:
        return ""
    return f"--{WINDOW} {begin.window}" if isinstance(begin, Opening) else f"--{AT} {begin}"


def corrected(begin: Begin, draft: Draft) -> tuple[str, str]:
    """Return the option for a line to copy, and what reads back like it: where it is unclear only the person knows."""
    return (f"--{AT} <{AT}>", f"--{AT} {_STAND_IN}") if AT in draft.unsure else (written(begin), written(begin))

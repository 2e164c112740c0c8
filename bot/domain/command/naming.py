"""Values by name in commands that go by place: ``load_balancer=lb-…``, ``until: 18:00``, ``reason="…"``."""

from collections.abc import Mapping, Sequence

from bot.domain.command.fields import REASON, fold, keys, nearest
from bot.domain.command.normalise import plain
from bot.domain.command.problems import MANY, Problem, ProblemCode, shown
from bot.domain.command.words import Pair, Word, pair_at, words_of
from bot.domain.operation import SetProbePort

TARGET = keys(SetProbePort.description)  # a target's fields and the reason, by everything that they are called


def names(**others: Sequence[str]) -> Mapping[str, str]:
    """Return each name by everything it is called, folded: those of ``TARGET``, and ``others``."""
    return {**TARGET, **{fold(one): name for name, called in others.items() for one in (name, *called)}}


def named_at(words: Sequence[Word], at: int, known: Mapping[str, str]) -> tuple[Pair, str] | None:
    """Return the pair that begins at ``words[at]``, with the one of ``known`` that it names, ``""`` for none of them.

    None where there is no pair, or one that begins the reason.
    """
    pair = pair_at(words, at, known) if at < len(words) else None
    name = known.get(pair.key, "") if pair else ""
    return None if pair is None or name == REASON else (pair, name)


def misnamed(pair: Pair, allowed: Sequence[str], *, is_known: bool) -> Problem | None:
    """Return what is wrong with a name that the command hasn't, None where it may well begin a reason: ``ticket=7``.

    ``is_known`` says that another command has it.
    """
    near = nearest(pair.name, allowed)
    if not is_known and not pair.is_option and near == tuple(allowed):
        return None
    return Problem(code=ProblemCode.UNKNOWN_KEY, value=shown(pair.name), allowed=near)


def repeated(pair: Pair) -> Problem:
    """Return that ``pair`` has no place, since its value was given already or lacks what it belongs to."""
    value = pair.value.bare if pair.value else ""
    return Problem(code=ProblemCode.EXTRA_WORDS, value=shown(f"{pair.name}{pair.separator}{value}"))


def some(problems: Sequence[Problem]) -> list[Problem]:
    """Return of many ``problems`` alike the first few."""
    codes = [problem.code for problem in problems]
    return [problem for at, problem in enumerate(problems) if codes[:at].count(problem.code) < MANY]


def begins_named(reason: str, known: Mapping[str, str]) -> bool:
    """Say whether the beginning of ``reason`` would be read as a value by name."""
    page = plain(reason).text
    words = words_of(page, 0, len(page))
    return bool(words) and pair_at(words, 0, known) is not None

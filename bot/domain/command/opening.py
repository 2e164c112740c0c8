"""How a command begins: whom it is spoken to, and its verb."""

import difflib
import re
from collections.abc import Sequence
from functools import cache

from bot.domain.command.fields import fold, kind
from bot.domain.command.lines import EMERGENCY, PREVIEW
from bot.domain.command.request import About, Audit, Pending, Rules, Why
from bot.domain.command.words import Word
from bot.domain.operation import OPERATIONS, Operation

_ADDRESSED = re.compile(r" *(?:<@[^<>]{1,100}>|@[\w.-]{1,100}|/[A-Za-z][\w-]{0,40}|lb|>)[:,]?(?= |$)", re.IGNORECASE)
_MARK = re.compile(r" *(?P<mark>`{1,3}|\*{1,2}|_{1,2}|~{1,2}|\"|')")
_HELP = frozenset({"help", "-help", "--help", "-h", "?", "帮助"})
_OTHER_VERBS = {"探测端口": "probe-port", "修改探测端口": "probe-port", "setprobeport": "probe-port"}
_ON_CARD = frozenset({"approve", "reject", "cancel", "status", "批准", "拒绝", "取消", "状态"})
_ABOUT = {"audit": Audit, "审计": Audit, "why": Why, "为什么": Why, "为何": Why}
_RULES = {"whoami": Rules.WHOAMI, "我是谁": Rules.WHOAMI, **dict.fromkeys(("policy", "策略", "规则"), Rules.POLICY)}
_PENDING = frozenset({"pending", "待办", "待处理"})
_CHANGE = re.compile(r"(?:CR-?)?(?P<number>[1-9][0-9]{0,8})", re.IGNORECASE)
_AHEAD = {
    **dict.fromkeys((EMERGENCY, "breakglass", "紧急", "紧急变更"), EMERGENCY),
    **dict.fromkeys((PREVIEW, "dryrun", "预览", "试运行"), PREVIEW),
}
_BEFORE_VERB = frozenset({"tccli", "bmlb", "get", "post", "curl", "$", *_AHEAD})
_VERB_MAX = 40  # characters; a longer word is no slip of the thumb
_NEAR, _NEAR_WHEN_JOINED = 0.7, 0.8  # difflib ratios: "probe", "prob-port"; "prob port"
_NEAR_AHEAD = 0.85  # "emergancy", "preveiw", and not "revew"


def command_span(text: str) -> tuple[int, int]:
    """Return where the command stands in the plain ``text``: without who is spoken to and without marks around all."""
    start, end = _unwrapped(text, 0, len(text))
    while found := _ADDRESSED.match(text, start, end):
        start, end = _unwrapped(text, found.end(), end)
    return start, end


def help_topic(words: Sequence[Word]) -> str | None:
    """Return the verb that help is asked for, ``""`` for help on everything, None where nobody asks for help."""
    if not words:
        return ""
    first, *others = (word.text.lower().strip("*_~`\"'") for word in words[:3])
    if first in _HELP:
        return verb_of(others[0]) if others else ""
    asks_last = len(others) == 1 and others[0] in _HELP
    return verb_of(first) or None if asks_last else None


def verb_of(word: str) -> str:
    """Return the verb that ``word`` is another dress of, or ``""``."""
    return _dresses().get(fold(word.rstrip(":")), "")


def question(words: Sequence[Word]) -> About | Rules | Pending | None:
    """Return the question that ``words`` ask, None where they ask none.

    Raises:
        NotUnderstood: it is about a change, and names none.
    """
    first = words[0].bare.lower()
    if first in _RULES:
        return _RULES[first]
    if first in _PENDING:
        return Pending()
    if first not in _ABOUT:
        return None
    return _ABOUT[first](change=change_in(words))


def change_in(words: Sequence[Word]) -> int:
    """Return the number of the change that the second of ``words`` names, 0 where it names none."""
    found = _CHANGE.fullmatch(words[1].bare) if len(words) > 1 else None
    return int(found["number"]) if found else 0


def ahead_at(words: Sequence[Word]) -> dict[str, Word | None]:
    """Return what ``words`` say before the verb, ``EMERGENCY`` or ``PREVIEW``, in their order.

    Each with the word that was probably meant so, None where it surely was.
    """
    found: dict[str, Word | None] = {}
    for word in words:
        said = fold(word.bare)
        near = difflib.get_close_matches(said[:_VERB_MAX], (EMERGENCY, PREVIEW), n=1, cutoff=_NEAR_AHEAD)
        meant = _AHEAD.get(said) or next(iter(near), "")
        if not meant or meant in found:
            break
        found[meant] = None if said in _AHEAD else word
    return found


def is_on_card(word: Word) -> bool:
    """Say whether ``word`` asks for what the card's buttons do, or the card shows."""
    return word.bare.lower() in _ON_CARD


def verb_at(words: Sequence[Word]) -> tuple[type[Operation] | None, int]:
    """Return the operation that ``words`` begin with, and how many of them its verb took."""
    for count in (1, 2):
        verb = verb_of("".join(word.bare for word in words[:count]))
        if verb:
            return OPERATIONS[verb], count
    return None, 0


def nearest_verb(words: Sequence[Word]) -> tuple[type[Operation] | None, int]:
    """Return the operation that a misspelt verb was probably meant as, and how many words it took."""
    for count, cutoff in ((2, _NEAR_WHEN_JOINED), (1, _NEAR)):
        word = fold("".join(word.bare for word in words[:count]))
        near = difflib.get_close_matches(word[:_VERB_MAX], _dresses(), n=1, cutoff=cutoff)
        if near:
            return OPERATIONS[_dresses()[near[0]]], min(count, len(words))
    return None, 0


def command_in(words: Sequence[Word]) -> int | None:
    """Return the index where another command begins among ``words``, as in two lines pasted at once, or None."""
    for index, word in enumerate(words):
        action = word.text.lower().rpartition("action=")[2]
        following = words[index + 1].bare if index + 1 < len(words) else ""
        is_verb = verb_of(word.bare) and (kind(following) or following.startswith("-"))
        if is_verb or (action != word.text.lower() and verb_of(action)):
            return _command_start(words, index)
    return None


def _command_start(words: Sequence[Word], verb: int) -> int:
    while verb and (words[verb - 1].bare.lower() in _BEFORE_VERB or words[verb - 1].text.startswith("/")):
        verb -= 1
    return verb


@cache
def _dresses() -> dict[str, str]:
    dresses = dict(_OTHER_VERBS)
    for verb, operation in OPERATIONS.items():
        for name in (verb, operation.description.v2_action, operation.description.v3_action):
            dresses[fold(name)] = verb
    return dresses


def _unwrapped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span inside the marks that stand around all of it, such as a code fence, or the span itself."""
    found = _MARK.match(text, start, end)
    if not found:
        return start, end
    last = len(text[:end].rstrip()) - len(found["mark"])
    is_around_all = found.end() <= last == text.find(found["mark"], found.end(), end)
    return (found.end(), last) if is_around_all else (start, end)

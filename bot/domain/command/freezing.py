"""``freeze`` and ``unfreeze``: a load balancer, until when, and why.

freeze <load balancer> until <moment> <reason …>
freeze <load balancer> for <duration> <reason …>
unfreeze <load balancer> [<reason …>]
freeze

Values come by place or by name: ``load_balancer=lb-… until=18:00 reason=…``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.command.draft import reason_problem
from bot.domain.command.durations import duration
from bot.domain.command.fields import REASON, problem_with
from bot.domain.command.moments import Moment, moment
from bot.domain.command.naming import begins_named, misnamed, named_at, names, repeated, some
from bot.domain.command.normalise import Plain, escaped
from bot.domain.command.problems import NotUnderstood, Problem, ProblemCode, shown
from bot.domain.command.reasons import MARKER, tidied
from bot.domain.command.words import Word
from bot.domain.operation import SetProbePort

ENDS = ("until 18:00", "until 2026-11-27T09:00", "until 2026-11-27T09:00+08:00", "for 90m", "for 2h", "for 1d")
_FREEZE, _UNFREEZE = frozenset({"freeze", "冻结"}), frozenset({"unfreeze", "解冻"})
_UNTIL, _FOR = frozenset({"until", "till", "直到", "至", "到"}), frozenset({"for", "持续"})
_BALANCER = next(one for one in SetProbePort.description.fields if one.name == "load_balancer")
_NAMES = names(**{"until": sorted(_UNTIL), "for": sorted(_FOR)})
_ALLOWED = {"freeze": (_BALANCER.name, "until", "for", REASON), "unfreeze": (_BALANCER.name, REASON)}
_REST = re.compile(
    r"[ap]\.?m\.?|[-+][0-9]{1,2}(?::?[0-9]{2})?|z|utc|gmt|[acemp][sd]t|[bijk]st|cest|上午|下午|北京时间"
    r"|(?:asia|europe|america|africa|australia|pacific|etc)/\S+",
    re.IGNORECASE,
)
FREEZE_LINES = (f"freeze {_BALANCER.example} {ENDS[0]} <{REASON}>", f"unfreeze {_BALANCER.example}", "freeze")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFreeze:
    """Freeze ``load_balancer`` until a moment, or for so many seconds; ``reason`` is 1-500 characters."""

    load_balancer: str
    until: Moment | float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftFreeze:
    """End the freeze of ``load_balancer``; ``reason`` may be ``""``."""

    load_balancer: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListFreezes:
    """Tell what is frozen now."""


Freezing = SetFreeze | LiftFreeze | ListFreezes


def freezing(page: Plain, words: Sequence[Word], end: int) -> Freezing | None:
    """Return what ``words``, a command that goes up to ``end`` of ``page``, ask of freezes; None where they don't.

    Raises:
        NotUnderstood: a value is missing or can't be one.
    """
    verb = words[0].bare.lower()
    if verb in _FREEZE:
        return _Reader("freeze", page, words[1:], end).freeze() if words[1:] else ListFreezes()
    return _Reader("unfreeze", page, words[1:], end).lift() if verb in _UNFREEZE else None


@dataclass(slots=True)
class _Reader:
    verb: str
    page: Plain
    words: Sequence[Word]
    end: int
    balancer: str = ""
    until: Moment | float | None = None
    said: str = ""  # the words that gave ``until``
    problems: list[Problem] = field(default_factory=list)

    def freeze(self) -> SetFreeze:
        at, ended = 0, False
        self._unname(at)
        while at < len(self.words) and not (self.balancer and ended) and self.words[at].text != MARKER:
            word = self.words[at].bare.lower()
            if not ended and word in _UNTIL | _FOR:
                ended, at = True, self._end(word in _FOR, at)
            elif not self.balancer and (at == 0 or ended):
                self.balancer, at = word, at + 1
            else:
                break
            self._unname(at, ended=ended)
        self._check_balancer()
        if not ended:
            self.problems.append(Problem(code=ProblemCode.END_MISSING, allowed=ENDS))
        reason = self._reason(at)
        if self.problems or self.until is None:
            raise self._refusal(self.said or "until <moment>", _as_written(reason) or f"<{REASON}>")
        return SetFreeze(load_balancer=self.balancer, until=self.until, reason=reason)

    def lift(self) -> LiftFreeze:
        self._unname(0, ended=True)
        self.balancer = self.words[0].bare.lower() if self.words else ""
        self._unname(1, ended=True)
        self._check_balancer()
        reason = self._reason(1, needed=False)
        if self.problems:
            raise self._refusal(_as_written(reason))
        return LiftFreeze(load_balancer=self.balancer, reason=reason)

    def _unname(self, at: int, *, ended: bool = False) -> None:
        """Let what stands by name at ``at`` stand by place; blame what was given, or can't be."""
        while found := named_at(self.words, at, _NAMES):
            pair, name = found
            value = pair.value or Word(f"<{name}>", self.words[at].end)
            placed: list[Word] = []
            if name == _BALANCER.name and not self.balancer:
                placed = [value]
            elif name in _ALLOWED[self.verb] and name != _BALANCER.name and not ended:
                placed = [Word(name, self.words[at].start), value]
            elif name in _ALLOWED[self.verb]:
                self.problems.append(repeated(pair))
            elif wrong := misnamed(pair, _ALLOWED[self.verb], is_known=bool(name)):
                self.problems.append(wrong)
            else:
                return
            self.words = [*self.words[:at], *placed, *self.words[pair.after :]]
            if placed:
                return

    def _end(self, lasts: bool, at: int) -> int:  # noqa: FBT001 - which of the two words stands at ``at``
        """Read when it ends from the words behind ``at``; return where to read on."""
        following = [word.bare for word in self.words[at + 1 : at + 4]]
        for count in (2, 1):
            text = " ".join(following[:count])
            found = (duration(text) or None) if lasts else moment(text)
            if len(following) >= count and found is not None and not _goes_on(following[count:]):
                self.until, self.said = found, f"{'for' if lasts else 'until'} {text}"
                return at + 1 + count
        count = next((one for one in (1, 2) if _goes_on(following[one:])), 0) + 1
        value = shown(" ".join(following[:count]))
        self.problems.append(Problem(code=ProblemCode.MALFORMED_END, value=value, allowed=ENDS))
        return at + 1 + count

    def _check_balancer(self) -> None:
        problem = problem_with(_BALANCER, self.balancer or f"<{_BALANCER.name}>")
        if problem:
            self.problems.append(problem)

    def _reason(self, at: int, *, needed: bool = True) -> str:
        reason = tidied(self.page, self.words[at:], self.end)
        problem = reason_problem(reason) if reason or needed else None
        if problem:
            self.problems.append(problem)
            return ""
        return reason

    def _refusal(self, *rest: str) -> NotUnderstood:
        blamed = {problem.field for problem in self.problems}
        known = "" if _BALANCER.name in blamed else self.balancer
        line = " ".join(one for one in (self.verb, known or f"<{_BALANCER.name}>", *rest) if one)
        understood = {_BALANCER.name: known} if known else {}
        return NotUnderstood(understood=understood, problems=tuple(some(self.problems)), corrected=line)


def _as_written(reason: str) -> str:
    return f"{MARKER} {escaped(reason)}" if begins_named(reason, _NAMES) else escaped(reason)


def _goes_on(words: Sequence[str]) -> bool:
    """Say whether ``words``, behind a time, would make another one of it: ``6:00 pm``, ``18:00 UTC``, ``2h 30m``."""
    first = words[0] if words else ""
    return _REST.fullmatch(first) is not None or duration(first) is not None

"""What stands behind ``grant``: ids by prefix or by name, how long and how often in any order, then the reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.command import terms
from bot.domain.command.draft import reason_problem
from bot.domain.command.durations import duration, times
from bot.domain.command.fields import IDS, REASON, kind, problem_with
from bot.domain.command.naming import misnamed, named_at, repeated, some
from bot.domain.command.normalise import Plain
from bot.domain.command.opening import nearest_verb, verb_at
from bot.domain.command.problems import MANY, NotUnderstood, Problem, ProblemCode, shown
from bot.domain.command.reasons import MARKER, tidied
from bot.domain.command.terms import BACKENDS_MOST, FOR, LASTS, USES
from bot.domain.command.words import Pair, Word
from bot.domain.grant import Targets
from bot.domain.operation import OPERATIONS

_PLACEHOLDER = re.compile(r"(?:<[a-z_]+>:?)+")
_WINDOW = 8  # words that are looked ahead for what is still missing


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveGrant:
    """Approve in advance: changes of ``targets``, for so many seconds, ``uses`` of them; ``reason`` as a request's."""

    targets: Targets
    lasts: float
    uses: int
    reason: str


@dataclass(slots=True)
class Giving:
    """One such text, ``words`` up to ``end`` of ``page``, while it is read."""

    page: Plain
    words: Sequence[Word]
    end: int
    at: int = 0
    verb: str = ""
    ids: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in IDS})
    lasts: str | None = None  # as it is written
    uses: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> GiveGrant:
        """Return the grant that is meant.

        Raises:
            NotUnderstood: a value is missing or can't be one.
        """
        self._verb()
        rules = (self._placeholder, self._named, self._lasts, self._uses, self._id, self._strays)
        while self.at < len(self.words) and self.words[self.at].text != MARKER:
            if not any(rule() for rule in rules):
                break
        backends = self._checked()
        lasts, uses = duration(self.lasts or ""), times(self.uses or "")
        reason = tidied(self.page, self.words[self.at :], self.end)
        problem = reason_problem(reason)
        if problem:
            self.problems.append(problem)
        if self.problems or not lasts or not uses:
            raise self._refusal("" if problem else reason)
        (balancer,), listener = self.ids["load_balancer"], "".join(self.ids["listener"])
        targets = Targets(verb=self.verb, load_balancer=balancer, listener=listener, backends=backends)
        return GiveGrant(targets=targets, lasts=lasts, uses=uses, reason=reason)

    def _verb(self) -> None:
        found = named_at(self.words, 0, terms.NAMES)
        if found and found[1] == terms.VERB and found[0].value:
            self.words = [found[0].value, *self.words[found[0].after :]]
        operation, taken = verb_at(self.words)
        if operation is None:
            first = self.words[0].bare if self.words else ""
            meant, taken = (
                (None, 0)
                if not first or self._is_value()
                else nearest_verb([one for one in self.words[:2] if not kind(one.bare)])
            )
            code = ProblemCode.UNKNOWN_VERB if meant else ProblemCode.VERB_MISSING
            allowed = (meant.description.verb,) if meant else tuple(OPERATIONS)
            value = " ".join(one.bare for one in self.words[:taken])
            self.problems.append(Problem(code=code, field="verb", value=shown(value), allowed=allowed))
            operation = meant
        self.verb = operation.description.verb if operation else ""
        self.at = taken

    # The rules: each reads the words at hand, or says that they are none of its kind.

    def _placeholder(self) -> bool:
        count = 2 if self._bare(self.at) in FOR else 1  # ``for <duration>``
        word = self.words[min(self.at + count, len(self.words)) - 1].text
        if not _PLACEHOLDER.fullmatch(word) or word == f"<{REASON}>":
            return False
        self.at += count
        return True

    def _named(self) -> bool:
        found = named_at(self.words, self.at, terms.NAMES)
        if found is None:
            return False
        pair, name = found
        value = pair.value or Word(f"<{name}>", self.words[self.at].end)
        if name == LASTS and self.lasts is None:
            self.words = [*self.words[: self.at], Word("for", value.start), value, *self.words[pair.after :]]
            return self._placeholder() or self._lasts()
        wrong = self._take(pair, name, value.text if value.text.startswith("<") else value.bare.lower())
        if wrong is None and name not in terms.ALLOWED:
            return False  # the reason begins
        self.problems.extend([wrong] if wrong else [])
        self.at = pair.after
        return True

    def _take(self, pair: Pair, name: str, text: str) -> Problem | None:
        """Take ``text`` for the value ``name``, or return why it can't be."""
        hosts = self.ids["host"]
        if name in IDS:
            self._add(name, text)
        elif name == "port" and hosts and ":" not in hosts[-1]:
            hosts[-1] += f":{text}"
        elif name == USES and self.uses is None:
            self.uses = f"{text} uses" if times(text) is None else text
            if not times(self.uses):
                self._malformed(USES, text, terms.USES_EXAMPLES)
        elif name in terms.ALLOWED:
            return repeated(pair)
        else:
            return misnamed(pair, terms.ALLOWED, is_known=bool(name))
        return None

    def _lasts(self) -> bool:
        at = self.at + (self._bare(self.at) in FOR)
        is_said = at > self.at
        written = next((text for text in self._next(at) if duration(text) is not None), "")
        if (not written and not is_said) or (self.lasts is not None and not self._goes_on(written)):
            return False
        told = f"{self.lasts} {written}" if self.lasts else written or " ".join(self._next(at)[-1:])
        if self.lasts is not None or not duration(written):
            self._malformed(LASTS, told, terms.LASTS_EXAMPLES)
        self.lasts = written or f"<{LASTS}>"
        self.at = at + max(1, len(written.split()))
        return True

    def _goes_on(self, written: str) -> bool:
        """Say whether ``written`` stands directly behind how long it lasts, as in ``for 1h 30m``."""
        return bool(written) and duration(self._bare(self.at - 1)) is not None

    def _uses(self) -> bool:
        written = next((text for text in self._next(self.at) if times(text) is not None), "")
        if not written or self.uses is not None:
            return False
        if not times(written):
            self._malformed(USES, written, terms.USES_EXAMPLES)
        self.uses = written
        self.at += len(written.split())
        return True

    def _id(self) -> bool:
        text = self._bare(self.at)
        name = kind(text)
        if not name:
            return False
        self._add(name, text)
        self.at += 1
        return True

    def _add(self, name: str, text: str) -> None:
        if text not in self.ids[name] and len(self.ids[name]) <= BACKENDS_MOST:  # one too many is enough to refuse
            self.ids[name].append(text)

    def _strays(self) -> bool:
        """Blame words before something that is still missing; otherwise the reason begins."""
        here, last = self.at, min(len(self.words), self.at + _WINDOW)
        for self.at in range(here + 1, last):
            if self._is_value():
                value = " ".join(one.bare for one in self.words[here : self.at])
                self.problems.append(Problem(code=ProblemCode.EXTRA_WORDS, value=shown(value)))
                return True
        self.at = here
        return False

    def _is_value(self) -> bool:
        """Say whether something that is still missing stands at hand."""
        texts = self._next(self.at)
        return (
            (self.lasts is None and (self._bare(self.at) in FOR or any(duration(text) is not None for text in texts)))
            or (self.uses is None and any(times(text) is not None for text in texts))
            or (not self.ids["load_balancer"] and bool(kind(self._bare(self.at))))
        )

    def _bare(self, at: int) -> str:
        return self.words[at].bare.lower() if 0 <= at < len(self.words) else ""

    def _next(self, at: int) -> tuple[str, ...]:
        """Return the two words at ``at`` as one text, and the first of them alone."""
        return tuple(dict.fromkeys((f"{self._bare(at)} {self._bare(at + 1)}".strip(), self._bare(at))))

    # What is checked once all is read.

    def _malformed(self, name: str, value: str, allowed: tuple[str, ...]) -> None:
        self.problems.append(Problem(code=ProblemCode.MALFORMED, field=name, value=shown(value), allowed=allowed))

    def _checked(self) -> tuple[str, ...]:
        """Blame what is missing, given twice or can't be; return the backends."""
        for name in ("load_balancer", "listener"):
            self._check_id(name, is_needed=name == "load_balancer" or bool(self.ids["host"]))
        backends = tuple(self.ids["host"])
        wrong = next(filter(None, map(terms.backend_problem, backends)), None)
        self.problems.extend([wrong] if wrong else [])
        if len(backends) > BACKENDS_MOST:
            self._malformed(terms.BACKENDS, f"{len(backends)}+", (str(BACKENDS_MOST),))
        for name, written, examples in (
            (LASTS, self.lasts, terms.LASTS_EXAMPLES),
            (USES, self.uses, terms.USES_EXAMPLES),
        ):
            if written is None:
                self.problems.append(Problem(code=ProblemCode.MISSING_FIELD, field=name, allowed=examples))
        return backends

    def _check_id(self, name: str, *, is_needed: bool) -> None:
        said = self.ids[name]
        if len(said) > 1:
            self.problems.append(
                Problem(code=ProblemCode.FIELD_TWICE, field=name, allowed=tuple(map(shown, said[:MANY])))
            )
        elif said or is_needed:
            wrong = problem_with(terms.FIELDS[name], said[0] if said else f"<{name}>")
            self.problems.extend([wrong] if wrong else [])

    def _refusal(self, reason: str) -> NotUnderstood:
        blamed = {problem.field for problem in self.problems}
        order = ("verb", *IDS, "port", terms.BACKENDS, LASTS, USES, "", REASON)
        known = {name: " ".join(said) for name, said in self.ids.items() if said and name not in blamed}
        if {"port", terms.BACKENDS} & blamed:
            known.pop("host", None)
        lasts = f"for {self.lasts}" if self.lasts and LASTS not in blamed else f"for <{LASTS}>"
        uses = self.uses if self.uses and USES not in blamed else f"<{USES}>"
        ids = [known.get("load_balancer", "<load_balancer>"), *(known.get(name, "") for name in ("listener", "host"))]
        ids[1] = "<listener>" if "listener" in blamed else ids[1]
        words = ["grant", self.verb or "<verb>", *ids, lasts, uses, terms.as_written(reason) or f"<{REASON}>"]
        return NotUnderstood(
            understood={"verb": self.verb, **known} if self.verb and "verb" not in blamed else known,
            problems=tuple(some(sorted(self.problems, key=lambda one: order.index(one.field)))),
            corrected=" ".join(one for one in words if one),
        )

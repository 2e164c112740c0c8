"""What one command line says, while it is being read: values as text, and everything that is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.command.fields import IDS, REASON, is_placeholder, kind, problem_with
from bot.domain.command.normalise import is_blank, visible
from bot.domain.command.problems import MANY, Problem, ProblemCode, holds_secret, shown
from bot.domain.operation import Operation

REASON_MAX = 500  # characters
REASON_MIN = 10  # visible characters, where nobody else is asked before it runs
_V6_COLONS = 4  # a host with two ports has two


def reason_problem(reason: str, *, emergency: bool = False) -> Problem | None:
    """Return why a tidied ``reason`` is none, for an ``emergency`` or another change, or None where it is one."""
    if not reason or reason == f"<{REASON}>":
        return Problem(code=ProblemCode.REASON_MISSING, field=REASON)
    if len(reason) > REASON_MAX:
        return Problem(
            code=ProblemCode.REASON_TOO_LONG, field=REASON, value=str(len(reason)), allowed=(str(REASON_MAX),)
        )
    if holds_secret(reason):
        return Problem(code=ProblemCode.SECRET_IN_REASON, field=REASON)
    if emergency and visible(reason) < REASON_MIN:
        length, least = str(visible(reason)), str(REASON_MIN)
        return Problem(code=ProblemCode.REASON_TOO_SHORT, field=REASON, value=length, allowed=(least,))
    return None


def note_problem(note: str) -> Problem | None:
    """Return why a tidied ``note`` says nothing that was found, or None where it does."""
    if is_blank(note):
        return Problem(code=ProblemCode.NOTE_MISSING)
    if len(note) > REASON_MAX:
        return Problem(code=ProblemCode.NOTE_TOO_LONG, value=str(len(note)), allowed=(str(REASON_MAX),))
    return Problem(code=ProblemCode.SECRET_IN_NOTE) if holds_secret(note) else None


@dataclass(slots=True, kw_only=True)
class Draft:
    """One command line on its way to an operation.

    ``said`` holds, by field, the distinct texts given for it, in the order they were written. ``unsure`` are fields
    whose value has two readings: they are never filled in for the person. ``is_lost`` says that not even the verb is
    known, so that nothing behind it was read. ``emergency`` says that nobody shall be asked, ``preview`` that nothing
    shall be sent.
    """

    operation: type[Operation]
    said: dict[str, list[str]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    reason: str = ""
    is_lost: bool = False
    emergency: bool = False
    preview: bool = False

    def put(self, name: str, text: str) -> str:
        """Note that ``text`` was given for the field ``name``, and return it as it is kept."""
        texts = self.said.setdefault(name, [])
        text = text if is_placeholder(text) else text.lower()  # phones capitalise; ids have no capitals
        if text not in texts and len(texts) < MANY:
            texts.append(text)
        return text

    def put_backend(self, text: str) -> str:
        """Note a host, ``host:port`` or, by mistake, ``host:port:probe port``; return the host as it is kept."""
        if not kind(text) and ("::" in text or "]:" in text or text.count(":") >= _V6_COLONS):
            self.unsure.update(
                {"port", self.value_field}
            )  # an IPv6 address: where it ends and a port begins is a guess
            return self.put("host", text)
        host, *ports = (part.strip("*_~`\"'") for part in text.split(":"))
        kept = self.put("host", host)
        if ports and ports[0]:
            self.put("port", ports[0])
            self.unsure.discard("port")
        if len(ports) > 1:
            together = ":".join(ports[1:])
            self.put(self.value_field, together)
            two_words = f"{host}:{ports[0]} {together}"
            self.blame(ProblemCode.PORTS_GLUED, self.value_field, text, (shown(two_words),))
        return kept

    def blame(self, code: ProblemCode, name: str = "", value: str = "", allowed: tuple[str, ...] = ()) -> None:
        """Note one thing that is wrong; of many alike, the first few."""
        if sum(problem.code is code for problem in self.problems) < MANY:
            self.problems.append(Problem(code=code, field=name, value=shown(value), allowed=allowed))

    def place_ids(self, ids: Sequence[tuple[str, str]]) -> None:
        """Go by place where ``ids`` (field by prefix, text) hold two of one kind and another kind is missing."""
        seen = dict(ids)
        slots = [name for name in IDS if name in self.missing or name in seen]
        repeated = {name for name in seen if len(self.said[name]) > 1}
        if not set(slots) & set(self.missing):
            return
        for slot, (name, text) in zip(slots, dict.fromkeys(ids), strict=False):
            if slot != name and name in repeated and text in self.said[name]:
                self.said[name].remove(text)
                self.put(slot, text)

    def place_strays(self, strays: Sequence[str]) -> None:
        """Take a single word among the values for the id that is missing, to be blamed as such; blame several."""
        missing = [name for name in self.missing if name in IDS]
        if len(strays) == 1 and len(missing) == 1:
            self.put(missing[0], strays[0])
        elif strays:
            self.blame(ProblemCode.EXTRA_WORDS, value=" ".join(strays))

    @property
    def value_field(self) -> str:
        """Return the field that holds the new value: an operation's last."""
        return self.operation.description.fields[-1].name

    @property
    def missing(self) -> list[str]:
        """Return the fields nothing was given for, in the operation's order."""
        return [one.name for one in self.operation.description.fields if not self.said.get(one.name)]

    def settle(self) -> dict[str, str]:
        """Return the values that are beyond doubt, by field, and note what is wrong with the others.

        The values make a corrected line; whether they make a request depends on ``problems``.
        """
        blamed = {problem.field for problem in self.problems}
        settled: dict[str, str] = {}
        misplaced: list[str] = []
        for one in self.operation.description.fields:
            texts = self.said.get(one.name, [])
            problem = self._problem(one.name, texts) or (problem_with(one, texts[0]) if len(texts) == 1 else None)
            if problem is None and one.name not in self.unsure and texts:
                settled[one.name] = texts[0]
            if problem and problem.code is ProblemCode.WRONG_KIND_OF_ID:
                misplaced.append(texts[0])
            if problem and one.name not in blamed | self.unsure:
                self.problems.append(problem)
        self._rehome(misplaced, settled)
        return settled

    def _problem(self, name: str, texts: list[str]) -> Problem | None:
        example = next(one.example for one in self.operation.description.fields if one.name == name)
        if not texts:
            return Problem(code=ProblemCode.MISSING_FIELD, field=name, allowed=(example,))
        if len(texts) > 1:
            return Problem(code=ProblemCode.FIELD_TWICE, field=name, allowed=tuple(map(shown, texts)))
        return None

    def _rehome(self, misplaced: list[str], settled: dict[str, str]) -> None:
        """Put well-formed ids that stand in each other's place where they belong."""
        homes = [kind(text) for text in misplaced]
        for text, home in zip(misplaced, homes, strict=True):
            if homes.count(home) == 1 and home not in settled and IDS[home].fullmatch(text):
                settled[home] = text

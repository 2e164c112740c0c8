"""What a command asks for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.domain.command.draft import note_problem, reason_problem
from bot.domain.command.lines import broken, line, values_of
from bot.domain.command.normalise import is_blank, tidy
from bot.domain.command.options import Begin, written
from bot.domain.command.problems import NotUnderstood, Problem, ProblemCode
from bot.domain.operation import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An operation and why it is wanted.

    ``reason`` is kept as written, without control characters and outer spaces; 1-500 characters, of an ``emergency``,
    which nobody is asked about, at least 10 visible ones. ``begin`` is when it is to start once approved; an emergency
    starts at once.

    Raises:
        NotUnderstood: a reason that is blank, too short or too long, or seems to hold a key.
    """

    operation: Operation
    reason: str
    begin: Begin = None
    emergency: bool = False

    def __post_init__(self) -> None:
        reason = "" if is_blank(self.reason) else tidy(self.reason)
        object.__setattr__(self, "reason", reason)
        problem = reason_problem(reason, emergency=self.emergency)
        if problem:
            values = values_of(self.operation)
            description = self.operation.description
            raise NotUnderstood(
                understood={"verb": description.verb, **values},
                problems=(problem,),
                corrected=broken(line(description, values, option=written(self.begin)), emergency=self.emergency),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Somebody asks what would come of ``request``, which is no emergency, if it were sent."""

    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Somebody asks about the change CR-``change``.

    Raises:
        NotUnderstood: 0, which stands for none that could be read.
    """

    verb: ClassVar[str]
    change: int

    def __post_init__(self) -> None:
        if not self.change:
            problem = Problem(code=ProblemCode.CHANGE_MISSING, allowed=("CR-7",))
            raise NotUnderstood(understood={}, problems=(problem,), corrected=f"{self.verb} <change>")


class Audit(About):
    """Somebody asks for what is on record of a change."""

    verb = "audit"


class Why(About):
    """Somebody asks which rule a change waits under, who could approve it, and what blocks it."""

    verb = "why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(About):
    """Somebody signs the review of an emergency; ``note`` is what they found, 1-500 characters.

    Raises:
        NotUnderstood: no change that could be read, or a note that is blank, too long, or seems to hold a key.
    """

    verb = "review"
    note: str

    def __post_init__(self) -> None:
        missing = () if self.change else (Problem(code=ProblemCode.CHANGE_MISSING, allowed=("CR-7",)),)
        problem = note_problem(self.note)
        problems = (*missing, problem) if problem else missing
        if problems:
            corrected = self.line(f"CR-{self.change}" if self.change else "<change>")
            raise NotUnderstood(understood={}, problems=problems, corrected=corrected)

    @classmethod
    def line(cls, change: str) -> str:
        """Return the line that signs the review of ``change``, with a placeholder for what was found."""
        return f"{cls.verb} {change} <what you found>"


class Rules(StrEnum):
    """Somebody asks about the rules: who they are to them, or what they are."""

    WHOAMI = "whoami"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody asks what waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Somebody asks how it works. ``topic`` is a verb, or ``""`` for everything."""

    topic: str = ""

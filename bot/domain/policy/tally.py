"""Who approved so far, and what is missing, by best assignment.

A person fills one place at most, and is counted where that helps most: who is in two groups never blocks the one by
having been counted in the other, whatever the order of the clicks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.asks import Asks, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The count of one change.

    ``stages`` come one after the other. ``approved`` are the people who approved, each with the policy's groups that
    hold them now (``Policy.groups_of``); leave out who lost the right to decide. ``barred`` is the requester where they
    don't count, else None: what they approved is not counted.
    """

    stages: tuple[Stage, ...]
    approved: Mapping[str, frozenset[str]]
    barred: str | None = None

    @classmethod
    def of(cls, asks: Asks, requester: str, approved: Mapping[str, frozenset[str]]) -> "Tally":
        """Return the count of a change that ``requester`` asked for under ``asks``."""
        return cls(stages=asks.stages, approved=approved, barred=None if asks.requester_counts else requester)

    @property
    def open_stage(self) -> int | None:
        """Return which stage people are asked in now, counted from 0; None once all are filled.

        It is the first that can't be filled together with all before it.
        """
        return next((last for last in range(len(self.stages)) if self._missing(last)), None)

    @property
    def complete(self) -> bool:
        """Say whether every place is filled."""
        return self.open_stage is None

    @property
    def missing(self) -> int:
        """Return how many more approvals the open stage needs; 0 once all are filled."""
        stage = self.open_stage
        return 0 if stage is None else self._missing(stage)

    @property
    def missing_in_all(self) -> int:
        """Return how many more approvals all stages together need."""
        return self._missing(len(self.stages) - 1)

    def adds(self, person: str, groups: frozenset[str]) -> bool:
        """Say whether the approval of ``person``, whom ``groups`` hold, brings the open stage nearer to filled.

        It doesn't where they approved already, where they are barred, where none of the places up to the open stage can
        be theirs even when others are counted elsewhere, and where nothing is open.
        """
        stage = self.open_stage
        if stage is None or person in self.approved:
            return False
        return self.joined({person: groups})._missing(stage) < self._missing(stage)  # noqa: SLF001 - of our own kind

    def joined(self, people: Mapping[str, frozenset[str]]) -> "Tally":
        """Return the count as it would be had ``people`` (each with their groups) approved as well.

        Where it is not ``complete`` with everybody who is there, nobody present can bring the change through; its
        ``open_stage`` and ``missing`` say what it lacks.
        """
        return replace(self, approved={**people, **self.approved})

    def may_fill(self, person: str, groups: frozenset[str]) -> bool:
        """Say whether ``person`` is an approver of any stage, this one or another, and not barred."""
        return person != self.barred and any(stage.takes(person, groups) for stage in self.stages)

    def _missing(self, last: int) -> int:
        """Return how many places of the stages up to ``last`` stay empty in the best assignment."""
        places = [stage for stage in self.stages[: last + 1] for _ in range(stage.count)]
        return len(places) - len(self._filled(places))

    def _filled(self, places: list[Stage]) -> dict[int, str]:
        """Return who fills which place in an assignment that fills the most (augmenting paths)."""
        held: dict[int, str] = {}

        def seat(person: str, tried: set[int]) -> bool:
            for place, stage in enumerate(places):
                if place in tried or not stage.takes(person, self.approved[person]):
                    continue
                tried.add(place)
                if place not in held or seat(held[place], tried):
                    held[place] = person
                    return True
            return False

        for person in self.approved:
            if person != self.barred:
                seat(person, set())
        return held

"""What all rounds on one database came to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.rounds import Verdict
from tests.chaos.rules.takeovers import waits

LEFT = 4  # beats of the others after which a replica that stands still is not just a slow one


@dataclass(slots=True, kw_only=True)
class Tally:
    """Rounds that broke a rule, and those of a world that broke; runs that were left behind, and for how long."""

    rounds: int
    broken: dict[int, tuple[str, ...]] = field(default_factory=dict)
    left: int = 0
    longest: tuple[int, float] = (0, 0.0)

    def count(self, verdict: Verdict) -> None:
        """Count one round."""
        if verdict.violations:
            self.broken[verdict.number] = tuple(dict.fromkeys(one.rule for one in verdict.violations))
        most: dict[tuple[str, str], tuple[int, float]] = {}
        for run, owner, beats, seconds in waits(verdict.history):
            most[run, owner] = max(most.get((run, owner), (0, 0.0)), (beats, seconds))
        left = [one for one in most.values() if one[0] >= LEFT]
        self.left += len(left)
        self.longest = max([self.longest, *left])

    def count_lost(self, numbers: range) -> None:
        """Count rounds of a world that broke; those that were judged before stay as they were judged."""
        for number in numbers:
            self.broken.setdefault(number, ("the world broke",))

    def lines(self, database: str, seed: int) -> Iterator[str]:
        """Return the end of a report."""
        yield f"chaos on {database}: {self.rounds - len(self.broken)} passed, {len(self.broken)} failed"
        if self.left:
            beats, seconds = self.longest
            longest = f"the longest for {beats} beats of the others, {seconds:.1f} s"
            yield f"  {self.left} runs were left by a replica that stood still, {longest}"
        for number, rules in sorted(self.broken.items()):
            yield (
                f"  failed: CHAOS_DATABASES={database} CHAOS_SEED={seed} CHAOS_FIRST={number} CHAOS_ROUNDS=1 make chaos"
                f"  # {', '.join(rules)}"
            )

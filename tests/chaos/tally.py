"""What all rounds on one database came to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.rounds import Verdict
from tests.chaos.rules.takeovers import waits

# What comes with few fates only, and what comes of it, as the record has it.
RARE = ("freeze.set", "freeze.lifted", "grant.given", "grant.used", "grant.revoked", "change.break_glass",
        "review.signed", "start.due", "change.renew", "change.ask_again")  # fmt: skip
LEFT = 4  # beats of the others after which a replica that stands still is not just a slow one


@dataclass(slots=True, kw_only=True)
class Tally:
    """Rounds that broke a rule, and those of a world that broke; runs that were left behind, and for how long.

    ``met`` counts what is rare.
    """

    rounds: int
    broken: dict[int, tuple[str, ...]] = field(default_factory=dict)
    met: Counter[str] = field(default_factory=Counter)
    left: int = 0
    longest: tuple[int, float] = (0, 0.0)

    def count(self, verdict: Verdict) -> None:
        """Count one round."""
        if verdict.violations:
            self.broken[verdict.number] = tuple(dict.fromkeys(one.rule for one in verdict.violations))
        self.met += Counter(one.kind for one in verdict.history.events if one.kind in RARE)
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
        if self.met:
            yield f"  on record: {', '.join(f'{self.met[kind]} {kind}' for kind in RARE if self.met[kind])}"
        if self.left:
            beats, seconds = self.longest
            longest = f"the longest for {beats} beats of the others, {seconds:.1f} s"
            yield f"  {self.left} runs were left by a replica that stood still, {longest}"
        for number, rules in sorted(self.broken.items()):
            yield (
                f"  failed: CHAOS_DATABASES={database} CHAOS_SEED={seed} CHAOS_FIRST={number} CHAOS_ROUNDS=1 make chaos"
                f"  # {', '.join(rules)}"
            )

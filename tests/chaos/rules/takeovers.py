"""Rules over replicas: what one of them leaves goes on with another, and soon."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.chaos.history import History, Look, Violation

# The 10 s within which a run goes on elsewhere, counted in beats of those that live, one a second where the machine is
# not busy: where it is, everybody's second is longer.
BEATS_MOST = 10


@dataclass(slots=True)
class _Stillness:
    """Since when each replica stands still, living or buried: the look that first saw its newest beat."""

    since: dict[str, int] = field(default_factory=dict)
    beats: dict[str, int] = field(default_factory=dict)

    def note(self, nth: int, look: Look) -> None:
        for replica, beats in look.beats.items():
            if self.beats.get(replica) != beats:
                self.beats[replica], self.since[replica] = beats, nth

    def last(self, owner: str, living: Mapping[str, int]) -> int | None:
        """Return when ``owner``, or one that was buried since, was seen to beat last: who may have led died then."""
        if owner not in self.since:
            return None
        return max(since for one, since in self.since.items() if one == owner or one not in living)


def waits(history: History) -> Iterator[tuple[str, str, int, float]]:
    """Yield, for each look at a run whose replica stands still: run, replica, beats of others meanwhile, seconds.

    The beats are those of whichever of the others beat least, so that one who was paused or cut off itself counts for
    nobody; both ends are looks at one moment of the database, so that a look that comes late makes them fewer. What it
    took as it woke, before it knew that it was buried, waits since it was first seen with it.
    """
    still, owned = _Stillness(), dict[str, tuple[str, int]]()
    for nth, look in enumerate(history.looks):
        still.note(nth, look)
        for run, owner in look.owners.items():
            if owned.get(run, ("", 0))[0] != owner:
                owned[run] = owner, nth
            stood = still.last(owner, look.beats)
            since = None if stood is None else max(stood, owned[run][1])
            if since is None or since == nth:
                continue
            start = history.looks[since]
            others = [one for one in look.beats if one != owner and one in start.beats]
            if others:
                yield run, owner, min(look.beats[one] - start.beats[one] for one in others), look.at - start.at


def goes_on_elsewhere(history: History) -> Iterator[Violation]:
    """No run stays with a replica that stands still while all others beat more than ``BEATS_MOST`` times."""
    told = set()
    for run, owner, beats, seconds in waits(history):
        if beats > BEATS_MOST and (run, owner) not in told:
            told.add((run, owner))
            evidence = f"{run} is still {owner}'s, which stood still for {beats} beats of the others, {seconds:.1f} s"
            yield Violation(rule="goes_on_elsewhere", change=run.partition(".")[0], evidence=evidence)

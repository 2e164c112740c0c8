"""Which sabotage comes in which round: drawn from a seed, every deed at every named moment before chance takes over."""

import random
from dataclasses import dataclass, field

from tests.chaos.bots import Link
from tests.chaos.moments import CRUCIAL, FREQUENT, Anytime, Moment
from tests.chaos.proxy import Way
from tests.chaos.sabotage import (
    ACTIONS,
    AGAIN_SECONDS,
    CLOUD_FAULTS,
    CUT_SECONDS,
    DATABASE_SECONDS,
    DOWN_SECONDS,
    LINE_FAULTS,
    LONG_SECONDS,
    METHODS,
    OUTCOMES,
    PAUSE_SECONDS,
    SLACK_FAULTS,
    Act,
    Deed,
    Fault,
)

ACTS = (1, 3)  # acts of sabotage in one round, least and most
PASSES = 2  # times that every deed comes at every moment; a moment may stay away from a round
FREQUENT_MOST = 4  # of a moment that comes often, any of the first few
LONG_SHARE, AGAIN_SHARE, CRUCIAL_SHARE = 0.15, 0.25, 0.3


@dataclass(eq=False, kw_only=True)
class Itinerary:
    """The sabotage of every round of a seed; what one round gets doesn't hang on what became of another.

    ``links`` are those that ``bots`` replicas have, ``ways`` those in which their database can fail by itself.
    ``struck`` are the pairs of a moment and a deed that came, which ``happened`` notes.
    """

    seed: int
    moments: tuple[Moment, ...]
    bots: int
    links: tuple[Link, ...] = (Link.CLOUD, Link.SLACK)
    ways: tuple[str, ...] = ("lock",)
    struck: set[tuple[str, Deed]] = field(default_factory=set)
    _pairs: list[tuple[Moment, Deed]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for nth in range(PASSES):
            every = [(moment, deed) for moment in self.moments for deed in Deed]
            self._rng("pass", nth).shuffle(every)
            self._pairs += every

    @property
    def most(self) -> int:
        """Return how many pairs of moment and deed there are."""
        return len(self.moments) * len(Deed)

    def acts(self, number: int) -> list[Act]:
        """Return the acts of round ``number``, counted from 1."""
        before = sum(self._count(earlier) for earlier in range(1, number))
        rng = self._rng("acts", number)
        return [self._nth(before + nth, rng) for nth in range(self._count(number))]

    def faults(self, number: int) -> list[Fault]:
        """Return the bad days of the sandboxes or the database in round ``number``: one, or none."""
        rng = self._rng("faults", number)
        delay = rng.uniform(0, 3)
        match rng.randrange(6):
            case 0:
                order = {"action": rng.choice(ACTIONS), **rng.choice(CLOUD_FAULTS)}
                return [Fault(to=Link.CLOUD, what="faults", order=order, delay=delay)]
            case 1:
                return [Fault(to=Link.CLOUD, what="tasks", order=rng.choice(OUTCOMES), delay=delay)]
            case 2:
                order = {"method": rng.choice(METHODS), **rng.choice(SLACK_FAULTS)}
                return [Fault(to=Link.SLACK, what="faults", order=order, delay=delay)]
            case 3:
                return [Fault(to=Link.SLACK, what="faults", order=rng.choice(LINE_FAULTS), delay=delay)]
            case 4:
                order = {"seconds": rng.uniform(*rng.choice(DATABASE_SECONDS))}
                return [Fault(to=Link.DATABASE, what=rng.choice(self.ways), order=order, delay=delay)]
        return []

    def happened(self, act: Act) -> None:
        """Note that the moment of ``act`` came."""
        if not isinstance(act.moment, Anytime):
            self.struck.add((act.moment.name, act.deed))

    def _count(self, number: int) -> int:
        return self._rng("count", number).randint(*ACTS)

    def _nth(self, nth: int, rng: random.Random) -> Act:
        if nth < len(self._pairs):
            return self._act(rng, *self._pairs[nth])
        deed = rng.choice(tuple(Deed))
        if rng.random() < CRUCIAL_SHARE:
            return self._act(rng, rng.choice(CRUCIAL), deed)
        anytime = [Anytime(seconds=rng.uniform(0, 6)) for _ in range(8)]
        return self._act(rng, rng.choice((*self.moments, *anytime)), deed)

    def _act(self, rng: random.Random, moment: Moment, deed: Deed) -> Act:
        seconds = {Deed.KILL: DOWN_SECONDS, Deed.PAUSE: PAUSE_SECONDS, Deed.CUT: CUT_SECONDS}[deed]
        if self.bots > 1 and deed is not Deed.CUT and rng.random() < LONG_SHARE:
            seconds = LONG_SECONDS
        return Act(
            moment=moment,
            deed=deed,
            seconds=rng.uniform(*seconds),
            nth=rng.randint(1, FREQUENT_MOST) if moment.name in FREQUENT else 1,
            way=rng.choice([way for way in Way if way is not Way.OPEN]),
            bot=rng.randrange(self.bots),
            link=rng.choice(self.links),
            passes=rng.random() < 0.5,
            again=rng.uniform(*AGAIN_SECONDS) if deed is Deed.KILL and rng.random() < AGAIN_SHARE else None,
        )

    def _rng(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self.seed} {what} {number}")  # noqa: S311 - to be drawn again

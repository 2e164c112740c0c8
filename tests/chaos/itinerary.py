"""Which sabotage comes in which round: drawn from a seed, every deed at every named moment before chance takes over."""

import random
from dataclasses import dataclass, field

from tests.chaos.bots import Link
from tests.chaos.moments import CRUCIAL, FREQUENT, Anytime, Crossing, Moment
from tests.chaos.plan import is_slow
from tests.chaos.proxy import Way
from tests.chaos.sabotage import (
    ACTIONS,
    AGAIN_SECONDS,
    AT_SLACK,
    CLOUD_FAULTS,
    CUT_SECONDS,
    DATABASE_SECONDS,
    DOWN_SECONDS,
    FULL_SECONDS,
    LINE_FAULTS,
    LONG_SECONDS,
    METHODS,
    OUTCOMES,
    PAUSE_SECONDS,
    SLACK_FAULTS,
    SLACK_SECONDS,
    TO_BOTS,
    Act,
    Deed,
    Fault,
)

ACTS = (1, 3)  # acts of sabotage in one round, least and most
PASSES = 2  # times that every deed comes at every moment; a moment may stay away from a round
FREQUENT_MOST = 4  # of a moment that comes often, any of the first few
LONG_SHARE, AGAIN_SHARE, CRUCIAL_SHARE = 0.15, 0.25, 0.3
EXPIRY_SECONDS = (58.0, 68.0)
TO_BOTS_SHARE = 0.75
SECONDS = {
    Deed.KILL: DOWN_SECONDS,
    Deed.PAUSE: PAUSE_SECONDS,
    Deed.CUT: CUT_SECONDS,
    Deed.FILL: FULL_SECONDS,
    **dict.fromkeys(AT_SLACK, SLACK_SECONDS),
}


@dataclass(eq=False, kw_only=True)
class Itinerary:
    """The sabotage of every round of a seed; what one round gets doesn't hang on what became of another.

    ``deeds`` are those that one can do to a bot, ``links`` those that ``bots`` replicas have, ``ways`` those in which
    their database can fail by itself. ``pairs`` are the moments with the deeds that are meant for each, ``struck``
    those that came, which ``happened`` notes.
    """

    seed: int
    moments: tuple[Moment, ...]
    bots: int
    deeds: tuple[Deed, ...] = TO_BOTS
    links: tuple[Link, ...] = (Link.CLOUD, Link.SLACK)
    ways: tuple[str, ...] = ("lock",)
    struck: set[tuple[str, Deed]] = field(default_factory=set)
    pairs: tuple[tuple[Moment, Deed], ...] = ()
    _order: list[tuple[Moment, Deed]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pairs = tuple((moment, deed) for moment in self.moments for deed in self._deeds(moment))
        for nth in range(PASSES):
            every = list(self.pairs)
            self._rng("pass", nth).shuffle(every)
            self._order += every

    def acts(self, number: int) -> list[Act]:
        """Return the acts of round ``number``, counted from 1."""
        before = sum(self._count(earlier) for earlier in range(1, number))
        rng = self._rng("acts", number)
        acts = [self._nth(before + nth, rng) for nth in range(self._count(number))]
        if is_slow(number):  # as something expires
            acts.append(self._act(rng, Anytime(seconds=rng.uniform(*EXPIRY_SECONDS)), rng.choice(self.deeds)))
        return acts

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
        if (act.moment, act.deed) in self.pairs:
            self.struck.add((act.moment.name, act.deed))

    def _count(self, number: int) -> int:
        return self._rng("count", number).randint(*ACTS)

    def _nth(self, nth: int, rng: random.Random) -> Act:
        if nth < len(self._order):
            return self._act(rng, *self._order[nth])
        deed = rng.choice(self.deeds if rng.random() < TO_BOTS_SHARE else AT_SLACK)
        if rng.random() < CRUCIAL_SHARE:
            return self._act(rng, rng.choice(CRUCIAL), deed)
        anytime = [Anytime(seconds=rng.uniform(0, 6)) for _ in range(8)]
        return self._act(rng, rng.choice((*self.moments, *anytime)), deed)

    def _act(self, rng: random.Random, moment: Moment, deed: Deed) -> Act:
        seconds = SECONDS[deed]
        if self.bots > 1 and deed in {Deed.KILL, Deed.PAUSE} and rng.random() < LONG_SHARE:
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
            card=rng.random() < 0.5,
            again=rng.uniform(*AGAIN_SECONDS) if deed is Deed.KILL and rng.random() < AGAIN_SHARE else None,
        )

    def _deeds(self, moment: Moment) -> tuple[Deed, ...]:
        """Return the deeds that are meant for ``moment``: between a bot and cloud or database, Slack is far away."""
        is_far = isinstance(moment, Crossing) and moment.link is not Link.SLACK
        return self.deeds if is_far else (*self.deeds, *AT_SLACK)

    def _rng(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self.seed} {what} {number}")  # noqa: S311 - to be drawn again

"""What people want in one round: drawn from a seed, and nothing but values."""

import random
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.places import LOAD_BALANCERS, Place, places

PORTS = range(8010, 8990)
WISHES = (2, 4)  # least and most
SPREAD = 1.5  # seconds within which they are typed
TASK_SECONDS = (0.2, 0.5, 3.0)  # the long ones outlast a kill and the start after it
ASKERS, DECIDERS = ("alice", "carla"), ("bob", "carla", "alice")


class Fate(StrEnum):
    """What becomes of a wish once its card stands."""

    APPROVED = "approved"
    APPROVED_TWICE = "approved_twice"  # a double click, the second on what may be an old copy
    TWO_APPROVERS = "two_approvers"  # at once
    OWN_APPROVAL = "own_approval"  # by who asked, which is refused; then by another
    APPROVED_AND_REJECTED = "approved_and_rejected"  # at once, by two people
    APPROVED_AND_TAKEN_BACK = "approved_and_taken_back"  # by who asked, as soon as it is approved
    REJECTED = "rejected"
    TAKEN_BACK = "taken_back"
    OVERTAKEN = "overtaken"  # somebody else sets the probe port between request and approval
    OVERTAKEN_LATE = "overtaken_late"  # somebody else sets it just after the approval
    LEFT_ALONE = "left_alone"  # nobody decides, so that it expires
    LAST_MOMENT = "last_moment"  # approved as it expires, or a little before or after


SLOW = (Fate.LEFT_ALONE, Fate.LAST_MOMENT)
LIKELY = (Fate.APPROVED,) * 4 + tuple(fate for fate in Fate if fate not in SLOW)
SLOW_EACH, SLOW_AT = 10, 5  # rounds; a minute of waiting makes each of them long


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One change that ``who`` asks for after ``delay`` seconds; ``decider`` is another person."""

    delay: float
    who: str
    decider: str
    third: str
    place: Place
    value: int
    fate: Fate
    reason: str

    @property
    def command(self) -> str:
        """Return what is typed after ``/lb``."""
        place = self.place
        backend = f"{place.host}:{place.port}"
        return f"probe-port {place.load_balancer} {place.listener} {backend} {self.value} {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One round: wishes, lines that need an answer only, and how many seconds the cloud's tasks take."""

    wishes: tuple[Wish, ...]
    lines: tuple[tuple[str, str], ...]  # who, what after /lb
    task_seconds: float


def is_slow(number: int) -> bool:
    """Say whether something expires in round ``number``."""
    return number % SLOW_EACH == SLOW_AT


def draw(rng: random.Random, number: int) -> Plan:
    """Return the plan of round ``number``; its load balancers take turns."""
    near, far = places(number % LOAD_BALANCERS + 1), places((number + 3) % LOAD_BALANCERS + 1)
    count = rng.randint(*WISHES)
    free = [*near, far[0]]  # the second on the same load balancer waits for the first
    values = rng.sample(PORTS, count)
    wishes = []
    for nth in range(count):
        who = rng.choice(ASKERS)
        decider, third = rng.sample([one for one in DECIDERS if one != who], 2)
        wishes.append(
            Wish(
                delay=rng.uniform(0, SPREAD),
                who=who,
                decider=decider,
                third=third,
                place=free.pop(rng.randrange(len(free))),
                value=values[nth],
                fate=_fate(rng, number, nth),
                reason=f"wish {nth} of round {number}",
            )
        )
    lines = [
        ("bob", "help"),
        ("carla", f"probe-port {near[0].load_balancer}"),
        ("alice", "probe-port lb-nowhere x y 1"),
    ]
    said = tuple(rng.sample(lines, rng.randint(0, 1)))
    return Plan(wishes=tuple(wishes), lines=said, task_seconds=rng.choice(TASK_SECONDS))


def _fate(rng: random.Random, number: int, nth: int) -> Fate:
    if nth == 0:
        return Fate.APPROVED
    return rng.choice(SLOW if nth == 1 and is_slow(number) else LIKELY)

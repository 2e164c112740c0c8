"""What people want in one round: drawn from a seed, and nothing but values."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.places import LOAD_BALANCERS, WINDOW, Place, places

PORTS = range(8010, 8990)
WISHES, WISHES_WHEN_SLOW = (2, 4), (3, 4)  # least and most
SPREAD = 1.5  # seconds within which they are typed
TASK_SECONDS = (0.2, 0.5, 3.0)  # the long ones outlast a kill and the start after it
MINUTE = "{minute}"
HALF = 0.5
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
    FROZEN = "frozen"  # as it is approved
    FROZEN_BEFORE = "frozen_before"  # it was asked for: refused, or approved by two
    FREEZE_ENDS = "freeze_ends"  # by itself, after a minute
    GRANTED = "granted"  # in advance, and nobody clicks
    GRANT_REVOKED = "grant_revoked"  # as it is asked for
    EMERGENCY = "emergency"  # whose review stays open
    REVIEWED = "reviewed"  # an emergency whose review all three want to sign at once
    EMERGENCY_FROZEN = "emergency_frozen"  # as the glass breaks
    IN_WINDOW = "in_window"  # that is open
    START_TAKEN_BACK = "start_taken_back"  # approved for later, and taken back before that
    STARTS_LATER = "starts_later"  # within a minute or so


SLOW = (Fate.LEFT_ALONE, Fate.LAST_MOMENT)
LATER = (Fate.STARTS_LATER, Fate.FREEZE_ENDS)  # and which takes a minute, too
EMERGENCIES = (Fate.EMERGENCY, Fate.REVIEWED, Fate.EMERGENCY_FROZEN)
FREEZES = (Fate.FROZEN, Fate.FROZEN_BEFORE, Fate.EMERGENCY_FROZEN)  # which are lifted soon
GRANTS = (Fate.GRANTED, Fate.GRANT_REVOKED)
RARE = (*FREEZES, *GRANTS, Fate.EMERGENCY, Fate.REVIEWED, Fate.IN_WINDOW, Fate.START_TAKEN_BACK)
LIKELY = (Fate.APPROVED,) * 4 + RARE + tuple(one for one in Fate if one not in (*SLOW, *LATER, *RARE)) * 2
SLOW_EACH, SLOW_AT = 10, 5  # rounds; a minute of waiting makes each of them long
# What some moments are of, which come with some fates only, and those fates.
COMES_WITH: Mapping[str, tuple[Fate, ...]] = {
    "a freeze": FREEZES,
    "a grant": GRANTS,
    "the end of a grant": (Fate.GRANT_REVOKED,),
    "an emergency": EMERGENCIES,
    "a breaking of the glass": (Fate.EMERGENCY, Fate.REVIEWED),
    "a review": (Fate.REVIEWED,),
    "a signature": (Fate.REVIEWED,),
    "a notice": (*FREEZES, *GRANTS),
}
USES = (1, 3)  # of a grant, least and most


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One change that ``who`` asks for after ``delay`` seconds; ``decider`` and ``third`` are others.

    Where it is approved in advance, that is for ``uses`` changes, for it alone where it ``is_narrow``.
    """

    delay: float
    who: str
    decider: str
    third: str
    place: Place
    value: int
    fate: Fate
    reason: str
    uses: int = 1
    is_narrow: bool = False

    @property
    def command(self) -> str:
        """Return what is typed after ``/lb``; ``{minute}`` stands for one that is to come soon."""
        place, fate = self.place, self.fate
        words = ["emergency"] if fate in EMERGENCIES else []
        words += ["probe-port", place.load_balancer, place.listener, self._backend, str(self.value)]
        if fate is Fate.IN_WINDOW:
            words += ["--window", WINDOW]
        if fate in {Fate.STARTS_LATER, Fate.START_TAKEN_BACK}:
            words += ["--at", MINUTE]
        return " ".join([*words, self.reason])

    @property
    def quiet(self) -> str:
        """Return why its load balancer is frozen, which tells that freeze from others."""
        return f"hands off {self.value}"

    @property
    def drill(self) -> str:
        """Return why it is approved in advance, which tells that grant from others."""
        return f"drill {self.value}"

    @property
    def freeze(self) -> str:
        """Return what freezes its load balancer."""
        lasts = "1m" if self.fate is Fate.FREEZE_ENDS else "1h"
        return f"freeze {self.place.load_balancer} for {lasts} {self.quiet}"

    @property
    def grant(self) -> str:
        """Return what approves it in advance, and where it is not narrow also others on its load balancer."""
        place = self.place
        where = [place.load_balancer, *((place.listener, self._backend) if self.is_narrow else ())]
        return f"grant probe-port {' '.join(where)} for 30m {self.uses} uses {self.drill}"

    @property
    def _backend(self) -> str:
        return f"{self.place.host}:{self.place.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One round: wishes, lines that need an answer only, and how many seconds the cloud's tasks take."""

    wishes: tuple[Wish, ...]
    lines: tuple[tuple[str, str], ...]  # who, what after /lb
    task_seconds: float


def is_slow(number: int) -> bool:
    """Say whether something expires in round ``number``."""
    return number % SLOW_EACH == SLOW_AT


def draw(rng: random.Random, number: int, moments: Iterable[str] = ()) -> Plan:
    """Return the plan of round ``number``, in which ``moments`` are waited for; its load balancers take turns."""
    near, far = places(number % LOAD_BALANCERS + 1), places((number + 3) % LOAD_BALANCERS + 1)
    count = rng.randint(*(WISHES_WHEN_SLOW if is_slow(number) else WISHES))
    awaited = [fates for moment in moments for what, fates in COMES_WITH.items() if what in moment]
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
                fate=_fate(rng, number, nth, awaited if nth == count - 1 else []),
                reason=f"wish {nth} of round {number}",
                uses=rng.randint(*USES),
                is_narrow=rng.random() < HALF,
            )
        )
    lines = [
        ("bob", "help"),
        ("carla", f"probe-port {near[0].load_balancer}"),
        ("alice", "probe-port lb-nowhere x y 1"),
    ]
    said = tuple(rng.sample(lines, rng.randint(0, 1)))
    return Plan(wishes=tuple(wishes), lines=said, task_seconds=rng.choice(TASK_SECONDS))


def _fate(rng: random.Random, number: int, nth: int, awaited: list[tuple[Fate, ...]]) -> Fate:
    if nth == 0:
        return Fate.APPROVED
    if is_slow(number):
        return (rng.choice(SLOW), *LATER)[nth - 1]
    return rng.choice(rng.choice(awaited or [LIKELY]))

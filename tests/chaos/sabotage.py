"""What is done to a round, as values: drawn from a seed, every deed at every named moment before chance takes over."""

import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.chaos.bots import Link
from tests.chaos.moments import CRUCIAL, FREQUENT, Anytime, Moment
from tests.chaos.proxy import Way

TRIES = 3  # rounds in which a moment may stay away before another's turn comes
ACTS = (1, 3)  # acts of sabotage in one round, least and most
# A held request must arrive before the settle window ends: what comes later is another call (settings.py).
CUT_SECONDS, PAUSE_SECONDS, DOWN_SECONDS = (0.2, 2.0), (0.5, 3.0), (0.0, 1.5)
# Where there are replicas, some stay away for longer than the 10 s after which others go on with their runs.
LONG_SECONDS, LONG_SHARE = (10.5, 13.0), 0.15
DATABASE_SECONDS = ((0.5, 3.0), (0.5, 3.0), (10.5, 13.0))  # the last outlasts every wait for a lock
DELAY_SECONDS = 0.3
AGAIN_SECONDS, AGAIN_SHARE = (0.5, 3.0), 0.25  # of the kills, and how long after the start: ready or not
FREQUENT_MOST = 4
CRUCIAL_SHARE = 0.3


class Deed(StrEnum):
    """What happens to a bot, or to one of its links."""

    KILL = "kill"
    PAUSE = "pause"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """At the ``nth`` occurrence of ``moment``: ``deed``, for ``seconds``.

    ``again`` is after how many seconds of its next start a killed bot is killed once more, None for not at all;
    ``bot`` and ``link`` say whose turn it is where the moment itself doesn't; ``way`` belongs to a cut; ``passes`` says
    whether what a bot had sent when it was killed still crosses.
    """

    moment: Moment
    deed: Deed
    seconds: float
    nth: int = 1
    way: Way = Way.REFUSE
    bot: int = 0
    link: Link = Link.CLOUD
    passes: bool = False
    again: float | None = None

    def __str__(self) -> str:
        """Return one line for a report."""
        what = f"cut the link ({self.way})" if self.deed is Deed.CUT else self.deed
        return f"{self.moment.name} (time {self.nth}): {what} for {self.seconds:.1f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An order to one of the sandboxes, or to the database's server, given after ``delay`` seconds.

    ``what`` is ``faults`` or ``tasks``, and for the database a way to fail, for ``seconds`` (database.py).
    """

    to: Link
    what: str
    order: dict[str, Any]
    delay: float

    def __str__(self) -> str:
        """Return one line for a report."""
        return f"after {self.delay:.1f} s: {self.to} {self.what} {self.order}"


CLOUD_FAULTS: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in ("lose_answer", "refuse_connection_after_read", "http_500", "html",
                                  "http_500_applied", "truncated_json", "no_task_id")),
    {"kind": "answer_late", "seconds": 1.5},
    {"kind": "error", "code": 4400},
)  # fmt: skip
ACTIONS = ("ModifyBmL4ListenerBackendProbePort", "DescribeL4Backends", "DescribeBmLoadBalancersTaskResult", "*")
OUTCOMES: tuple[dict[str, Any], ...] = (
    {"outcome": "failed"},
    {"outcome": "failed_but_applied"},
    {"outcome": "stuck", "apply_at": "start"},
    {"outcome": "stuck"},
    {"outcome": "forgotten"},
    {"status": 7},
    {"duration": 2.0},
)
METHODS = ("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.info", "users.info", "views.open",
           "response_url")  # fmt: skip
SLACK_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "rate_limited", "retry_after": 1},
    *({"kind": kind} for kind in ("http_500", "http_503", "html_body", "drop_before", "drop_after")),
    {"kind": "slow", "seconds": 2},
)
LINE_FAULTS: tuple[dict[str, Any], ...] = (
    *({"kind": kind} for kind in ("connections_open_fails", "handshake_failure", "duplicate_envelope", "ack_lost")),
    *({"kind": "disconnect", "reason": reason} for reason in ("warning", "refresh_requested", "link_disabled")),
    {"kind": "reconnect_storm", "n": 2},
    {"kind": "revoked_token", "times": 0},  # until all is mended
)


@dataclass(eq=False, kw_only=True)
class Itinerary:
    """Which act comes next: each moment with each deed, in an order of the seed, and chance after that.

    ``links`` are those that ``bots`` replicas have, ``ways`` those in which their database can fail by itself.
    """

    rng: random.Random
    moments: tuple[Moment, ...]
    bots: int
    links: tuple[Link, ...] = (Link.CLOUD, Link.SLACK)
    ways: tuple[str, ...] = ("lock",)
    struck: set[tuple[str, Deed]] = field(default_factory=set)
    _left: deque[tuple[Moment, Deed]] = field(default_factory=deque)
    _missed: dict[tuple[str, Deed], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        every = [(moment, deed) for moment in self.moments for deed in Deed]
        self.rng.shuffle(every)
        self._left.extend(every)

    @property
    def most(self) -> int:
        """Return how many pairs of moment and deed there are."""
        return len(self.moments) * len(Deed)

    def acts(self) -> list[Act]:
        """Return the acts of the next round."""
        return [self._next() for _ in range(self.rng.randint(*ACTS))]

    def faults(self) -> list[Fault]:
        """Return the sandboxes' own bad days of the next round; often there is none."""
        delay = self.rng.uniform(0, 3)
        match self.rng.randrange(6):
            case 0:
                order = {"action": self.rng.choice(ACTIONS), **self.rng.choice(CLOUD_FAULTS)}
                return [Fault(to=Link.CLOUD, what="faults", order=order, delay=delay)]
            case 1:
                return [Fault(to=Link.CLOUD, what="tasks", order=self.rng.choice(OUTCOMES), delay=delay)]
            case 2:
                order = {"method": self.rng.choice(METHODS), **self.rng.choice(SLACK_FAULTS)}
                return [Fault(to=Link.SLACK, what="faults", order=order, delay=delay)]
            case 3:
                return [Fault(to=Link.SLACK, what="faults", order=self.rng.choice(LINE_FAULTS), delay=delay)]
            case 4:
                order = {"seconds": self.rng.uniform(*self.rng.choice(DATABASE_SECONDS))}
                return [Fault(to=Link.DATABASE, what=self.rng.choice(self.ways), order=order, delay=delay)]
        return []

    def happened(self, act: Act) -> None:
        """Note that the moment of ``act`` came."""
        if not isinstance(act.moment, Anytime):
            self.struck.add((act.moment.name, act.deed))

    def missed(self, act: Act) -> None:
        """Note that it stayed away: it gets other chances."""
        pair = (act.moment.name, act.deed)
        self._missed[pair] = self._missed.get(pair, 0) + 1
        if self._missed[pair] < TRIES and pair not in self.struck and not isinstance(act.moment, Anytime):
            self._left.append((act.moment, act.deed))

    def _next(self) -> Act:
        if self._left:
            return self._act(*self._left.popleft(), first=True)
        if self.rng.random() < CRUCIAL_SHARE:
            return self._act(self.rng.choice(CRUCIAL), self.rng.choice(tuple(Deed)), first=True)
        moment = self.rng.choice((*self.moments, *(Anytime(seconds=self.rng.uniform(0, 6)) for _ in range(8))))
        return self._act(moment, self.rng.choice(tuple(Deed)), first=False)

    def _act(self, moment: Moment, deed: Deed, *, first: bool) -> Act:
        frequent = moment.name in FREQUENT or not first
        seconds = {Deed.KILL: DOWN_SECONDS, Deed.PAUSE: PAUSE_SECONDS, Deed.CUT: CUT_SECONDS}[deed]
        if self.bots > 1 and deed is not Deed.CUT and self.rng.random() < LONG_SHARE:
            seconds = LONG_SECONDS
        ways = [way for way in Way if way is not Way.OPEN]
        return Act(
            moment=moment,
            deed=deed,
            seconds=self.rng.uniform(*seconds),
            nth=self.rng.randint(1, FREQUENT_MOST) if frequent else 1,
            way=self.rng.choice(ways),
            bot=self.rng.randrange(self.bots),
            link=self.rng.choice(self.links),
            passes=self.rng.random() < 0.5,
            again=self.rng.uniform(*AGAIN_SECONDS) if deed is Deed.KILL and self.rng.random() < AGAIN_SHARE else None,
        )

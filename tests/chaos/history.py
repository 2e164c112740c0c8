"""What happened in one round, as plain values: the only thing that the checker sees.

Nothing here is of the product: rows are what SQL answered, messages what Slack shows, calls what the cloud noted.
Times are seconds since the epoch. A target is ``lb/lbl/host:port``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.shown import Card, Notice, Whisper


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API request that reached the cloud, in the order ``n``.

    ``outcome`` is ``ok``, a code, or the fault that came instead of doing it; ``fault`` the fault it met, if any.
    ``value`` is what a modify call asks for, None for every other call; ``told`` is what a read told of ``target``'s
    listener, by ``host:port``. ``target`` of a read ends with the listener.
    """

    n: int
    at: float
    action: str
    target: str = ""
    value: int | None = None
    outcome: str = "ok"
    fault: str | None = None
    task: str = ""
    told: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row of ``changes``. ``value`` is the probe port asked for, ``ending`` how its run ended, if one did.

    ``expires_at`` is until when it may be decided, or might have been.
    """

    id: int
    state: str
    version: int
    target: str
    value: int
    requester: str
    intake: str
    ending: str | None = None
    expires_at: float = 0.0

    @property
    def load_balancer(self) -> str:
        """Return the load balancer it is on."""
        return self.target.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One row of ``attempts``: a mark that a modify call is about to be made."""

    change: int
    number: int
    called_at: float
    answer: str | None = None
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of ``events``."""

    id: int
    at: float
    change: int | None
    actor: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """One row of ``events``, of any change, with its row of ``links``; ``facts`` is the text that lies there."""

    id: int
    at: float
    change: int | None
    actor: str
    kind: str
    facts: str
    number: int | None
    previous: str | None
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One row of ``posts``: a message that Slack shall show. ``text`` is a personal answer's own."""

    id: int
    change: int | None
    purpose: str
    wanted: int = 1
    delivered: int = 1
    given_up: str | None = None
    user: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One row of ``intake``: a command or a click that was taken in. ``said`` is its text or its button's value."""

    key: str
    kind: str
    user: str
    said: str
    finished_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One row of ``grants``: of ``uses`` changes ``used`` began with it."""

    id: int
    uses: int
    used: int

    @property
    def name(self) -> str:
        """Return how people and the record call it, ``G-3``."""
        return f"G-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One row of ``reviews``: the review of the emergency ``change``, open until somebody signs it."""

    change: int
    signed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a person did. ``kind`` and ``said`` as in ``Intake``; ``heard``: Slack told them that nothing went wrong."""

    kind: str
    user: str
    said: str
    heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Somebody else set the probe port of ``target`` to ``value``."""

    at: float
    target: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """From ``at`` on the channel took nothing for a while; ``why`` is Slack's word for it."""

    at: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """An administrator had deleted a message by ``at``: the card of ``change`` (``CR-7``), or one of its thread."""

    at: float
    change: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The replicas that lived at one moment, with how often each had beaten, and whose each run was that had begun."""

    at: float
    beats: Mapping[str, int] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One round. ``before`` and ``now`` are the probe ports at its beginning and end, by target.

    ``events`` are those of its changes, and what was ordered in its channel: freezes and grants, with how they ended.
    ``runs`` are the engine's runs that have not ended, ``forms`` how often a form was opened for somebody,
    ``record`` is everything recorded since the world began, of whatever channel; ``unready`` are
    the bots that did not say they were ready at the end, ``faults`` the lines in which a bot confesses one of its own,
    ``looks`` what was seen of replicas and their runs, in order; none where there is one bot only. ``overrides`` says
    whether the policy lets emergencies go through freezes.
    """

    calls: tuple[Call, ...] = ()
    before: Mapping[str, int] = field(default_factory=dict)
    now: Mapping[str, int] = field(default_factory=dict)
    drifts: tuple[Drift, ...] = ()
    cards: tuple[Card, ...] = ()
    notices: tuple[Notice, ...] = ()
    whispers: tuple[Whisper, ...] = ()
    changes: tuple[Change, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    events: tuple[Event, ...] = ()
    record: tuple[Linked, ...] = ()
    posts: tuple[Post, ...] = ()
    intake: tuple[Intake, ...] = ()
    grants: tuple[Grant, ...] = ()
    reviews: tuple[Review, ...] = ()
    deeds: tuple[Deed, ...] = ()
    runs: tuple[str, ...] = ()
    forms: int = 0
    unready: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
    overrides: bool = True
    closures: tuple[Closure, ...] = ()
    deletions: tuple[Deletion, ...] = ()

    def of(self, change: Change, *kinds: str) -> list[Event]:
        """Return the events of ``change`` in order, those of ``kinds`` if any are given."""
        return [one for one in self.events if one.change == change.id and (not kinds or one.kind in kinds)]

    def all_of(self, *kinds: str) -> list[Event]:
        """Return the events of ``kinds`` in order, of whatever change or none."""
        return [one for one in self.events if one.kind in kinds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A rule that does not hold: for which change (``CR-7``, ``""`` for none), and what shows it."""

    rule: str
    change: str
    evidence: str

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.rule}{f' ({self.change})' if self.change else ''}: {self.evidence}"

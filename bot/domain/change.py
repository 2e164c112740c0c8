"""The life of a change: its states and the one table of moves.

The README's diagram is generated from ``MOVES``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.domain.asks import ANYONE, Approval, Asks, Ruled, Stage
from bot.domain.facts import Facts
from bot.domain.freezes import Freeze
from bot.domain.operation import Operation
from bot.domain.review import Review
from bot.domain.starts import Start


class State(StrEnum):
    """Where a change stands."""

    PENDING = "PENDING"  # waits for a second person
    APPROVED = "APPROVED"  # decided; waits for its load balancer
    RUNNING = "RUNNING"  # holds its load balancer
    REJECTED = "REJECTED"  # a second person said no
    CANCELLED = "CANCELLED"  # the requester took it back
    EXPIRED = "EXPIRED"  # nobody decided in time
    SUCCEEDED = "SUCCEEDED"  # the new value was read back, or the cloud's task said so and nothing could be read
    FAILED = "FAILED"  # it did not take effect
    UNKNOWN = "UNKNOWN"  # nobody knows whether it took effect


class Move(StrEnum):
    """What can happen to a change."""

    APPROVE = "approve"
    BREAK_GLASS = "break_glass"  # an emergency: the requester alone
    REJECT = "reject"
    CANCEL = "cancel"
    EXPIRE = "expire"
    RENEW = "renew"  # the rules changed while it waited
    START = "start"
    ASK_AGAIN = "ask_again"  # the guard found that facts moved
    SUCCEED = "succeed"
    FAIL = "fail"
    LOSE_TRACK = "lose_track"


class IllegalMove(Exception):
    """A move the table doesn't know. Nothing was changed."""

    def __init__(self, state: State, move: Move) -> None:
        super().__init__(state, move)
        self.state = state
        self.move = move


_S, _M = State, Move
MOVES: Mapping[State, Mapping[Move, State]] = MappingProxyType(
    {
        _S.PENDING: MappingProxyType(
            {
                _M.APPROVE: _S.APPROVED,
                _M.BREAK_GLASS: _S.APPROVED,
                _M.REJECT: _S.REJECTED,
                _M.CANCEL: _S.CANCELLED,
                _M.EXPIRE: _S.EXPIRED,
                _M.RENEW: _S.PENDING,
            }
        ),
        _S.APPROVED: MappingProxyType({_M.START: _S.RUNNING, _M.CANCEL: _S.CANCELLED}),
        _S.RUNNING: MappingProxyType(
            {
                _M.SUCCEED: _S.SUCCEEDED,
                _M.FAIL: _S.FAILED,
                _M.LOSE_TRACK: _S.UNKNOWN,
                _M.ASK_AGAIN: _S.PENDING,
            }
        ),
        _S.UNKNOWN: MappingProxyType({_M.SUCCEED: _S.SUCCEEDED, _M.FAIL: _S.FAILED}),
        _S.REJECTED: MappingProxyType({}),
        _S.CANCELLED: MappingProxyType({}),
        _S.EXPIRED: MappingProxyType({}),
        _S.SUCCEEDED: MappingProxyType({}),
        _S.FAILED: MappingProxyType({}),
    }
)

OPEN = frozenset({State.PENDING, State.APPROVED, State.RUNNING})  # at most one open change per backend


def after(state: State, move: Move) -> State:
    """Return where ``move`` leads from ``state``.

    Raises:
        IllegalMove: the table doesn't know the move.
    """
    try:
        return MOVES[state][move]
    except KeyError:
        raise IllegalMove(state, move) from None


class Ending(StrEnum):
    """Every way a run can end; each names a text in ``bot/texts``."""

    VERIFIED = "verified"  # the task said done and the new value was read back
    VERIFIED_BY_READING = "verified_by_reading"  # no usable answer or task, but the new value was read
    TASK_ALONE = "task_alone"  # the task said done; the value could not be read
    FAILED_YET_APPLIED = "failed_yet_applied"  # the task said failed, but the new value was read
    BROKEN_OFF = "broken_off"  # a fault of ours before the call; nothing was called
    REFUSED = "refused"  # the cloud answered no to the call
    NOT_SENT = "not_sent"  # the cloud could not be reached; nothing was called
    NOT_READ = "not_read"  # the cloud could not be read before the call; nothing was called
    NO_LONGER_POSSIBLE = "no_longer_possible"  # at run time the change would be refused; nothing was called
    ALREADY_THERE = "already_there"  # at run time the new value stood there already; nothing was called
    TASK_FAILED = "task_failed"  # the task said failed and the old value stands
    NOT_APPLIED = "not_applied"  # the old value still stands
    OVERTAKEN = "overtaken"  # a third value stands there: somebody else changed it
    UNSETTLED = "unsettled"  # a call was not answered; the old value stands, but it may still take effect
    TASK_STUCK = "task_stuck"  # the task didn't end in time
    UNREADABLE = "unreadable"  # nobody answers whether it took effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One fact that an approver relied on and that is no longer so."""

    fact: str
    was: object
    now: object


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a change: which change, and which version of its card was approved.

    When a guard hands the change back and it is approved anew, that is another run: the older one does nothing more.
    """

    change: int
    version: int


# What was asked before a change kept its rule: no version is its own.
UNRULED = Ruled(name="default", version="", asks=Asks(stages=(Stage(approvers=(ANYONE,)),)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change as the ledger holds it.

    Times are seconds since the epoch. ``version`` starts at 1 and grows whenever approvers must read the card again.
    ``ruled`` is the rule people are asked under, ``approvals`` who approved this version, oldest first; ``decided_by``
    is whose click decided. ``note`` is the reason given with a rejection. ``start`` is when it starts once approved,
    None: at once; ``turn`` is its place in the order of approvals. ``ending`` and ``findings`` say how the run ended.
    ``moved`` is what the last guard found. ``review`` is there where it began as an emergency.
    """

    id: int
    state: State
    version: int
    operation: Operation
    facts: Facts
    reason: str
    requester: str
    channel: str
    created_at: float
    expires_at: float
    ruled: Ruled = UNRULED
    approvals: tuple[Approval, ...] = ()
    decided_by: str | None = None
    decided_at: float | None = None
    note: str = ""
    start: Start | None = None
    turn: int | None = None
    started_at: float | None = None
    ended_at: float | None = None
    ending: Ending | None = None
    findings: Mapping[str, Any] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    review: Review | None = None

    @property
    def is_emergency(self) -> bool:
        """Whether it runs, or ran, without approval: once a guard hands it back, people are asked as ever."""
        return self.review is not None and self.version == 1

    @property
    def overridden(self) -> tuple[Freeze, ...]:
        """Return the freezes that an emergency goes through: of when it was opened, and of its call."""
        if not self.is_emergency:
            return ()
        later = (Freeze.from_json(one) for one in self.findings.get("overrides", ()))
        return tuple({one.key: one for one in (*self.ruled.frozen, *later)}.values())

    @property
    def run(self) -> Run:
        """Return the run that an approval of this version starts."""
        return Run(self.id, self.version)

    @property
    def waits_for_start(self) -> bool:
        """Whether it is approved and its time has not come, so that it is in nobody's line."""
        return self.state is State.APPROVED and self.start is not None and self.turn is None

    @property
    def approvers(self) -> tuple[str, ...]:
        """Return who approved this version, or else who decided, or else who asked."""
        approved = tuple(one.person for one in self.approvals)
        return approved or (self.decided_by or self.requester,)

    @property
    def name(self) -> str:
        """Return the id people see: ``CR-7``."""
        return f"CR-{self.id}"

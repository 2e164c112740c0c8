"""The life of a change: its states and the one table of moves.

The README's diagram is generated from ``MOVES``.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


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
    REJECT = "reject"
    CANCEL = "cancel"
    EXPIRE = "expire"
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
                _M.REJECT: _S.REJECTED,
                _M.CANCEL: _S.CANCELLED,
                _M.EXPIRE: _S.EXPIRED,
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


def name(change: int) -> str:
    """Return the id people see: ``CR-7``."""
    return f"CR-{change}"

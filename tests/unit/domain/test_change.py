"""The one table of moves."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.change import MOVES, OPEN, IllegalMove, Move, State, after

TERMINAL = {State.REJECTED, State.CANCELLED, State.EXPIRED, State.SUCCEEDED, State.FAILED}
DESIGNED = {  # the states and moves of the design, section 2
    (State.PENDING, Move.APPROVE, State.APPROVED),
    (State.PENDING, Move.BREAK_GLASS, State.APPROVED),
    (State.PENDING, Move.REJECT, State.REJECTED),
    (State.PENDING, Move.CANCEL, State.CANCELLED),
    (State.PENDING, Move.EXPIRE, State.EXPIRED),
    (State.PENDING, Move.RENEW, State.PENDING),
    (State.APPROVED, Move.START, State.RUNNING),
    (State.APPROVED, Move.CANCEL, State.CANCELLED),
    (State.RUNNING, Move.SUCCEED, State.SUCCEEDED),
    (State.RUNNING, Move.FAIL, State.FAILED),
    (State.RUNNING, Move.LOSE_TRACK, State.UNKNOWN),
    (State.RUNNING, Move.ASK_AGAIN, State.PENDING),
    (State.UNKNOWN, Move.SUCCEED, State.SUCCEEDED),
    (State.UNKNOWN, Move.FAIL, State.FAILED),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_only_the_designed_moves_move_a_change(state: State, move: Move) -> None:
    targets = {to for begins, by, to in DESIGNED if (begins, by) == (state, move)}

    if targets:
        assert {after(state, move)} == targets
    else:
        with pytest.raises(IllegalMove) as caught:
            after(state, move)
        assert (caught.value.state, caught.value.move) == (state, move)


def test_every_state_has_its_row_and_terminal_states_have_an_empty_one() -> None:
    assert set(MOVES) == set(State)
    assert {state for state, row in MOVES.items() if not row} == TERMINAL


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MOVES[State.REJECTED][Move.APPROVE] = State.APPROVED  # type: ignore[index] # that is the point
    with pytest.raises(TypeError):
        MOVES[State.REJECTED] = {}  # type: ignore[index] # as above


@given(moves=st.lists(st.sampled_from(Move), max_size=40))
@settings(deadline=None)
def test_a_walk_of_any_moves_never_runs_what_was_not_approved_and_never_leaves_an_end(moves: list[Move]) -> None:
    state, history = State.PENDING, [State.PENDING]
    for move in moves:
        try:
            state = after(state, move)
        except IllegalMove:
            continue
        history.append(state)

    assert not TERMINAL & set(history[:-1])
    for earlier, later in pairwise(history):
        assert later is not State.RUNNING or earlier is State.APPROVED
        assert later is not State.APPROVED or earlier is State.PENDING
        assert later not in {State.SUCCEEDED, State.FAILED} or earlier in {State.RUNNING, State.UNKNOWN}


def test_open_changes_are_those_that_may_still_touch_the_cloud() -> None:
    assert {State.PENDING, State.APPROVED, State.RUNNING} == OPEN
    assert not OPEN & TERMINAL

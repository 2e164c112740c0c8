"""How long the engine waits, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every wait of a run.

    ``task`` is how long a cloud task is followed; ``settle`` how long an unanswered call is looked for before a read
    of the old value counts as "it did not happen"; ``guard`` how long the facts may take to be read before a call;
    ``read_back`` how long the new value may take to show once the task is done.
    """

    task: float = 180.0
    settle: float = 60.0
    guard: float = 20.0
    read_back: float = 10.0
    poll_first: float = 0.5
    poll_most: float = 5.0
    look: float = 2.0  # between two reads while settling, reading back or watching health
    turn: float = 1.0  # between two tries for the balancer's lock


FIRST_BACK_OFF = 1.0


def next_poll(seconds: float, most: float) -> float:
    """Return the wait after ``seconds``: half as much again, at most ``most``."""
    return min(seconds * 1.5, most)

"""How long the engine waits, in seconds."""

from dataclasses import dataclass

from bot.engine.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every wait of a run.

    ``task`` is how long after its call a cloud task is followed; ``settle`` how long an unanswered call is looked for
    before a read of the old value counts as "it did not happen"; ``guard`` how long the facts may take to be read
    before a call; ``read_back`` how long the new value may take to show once the task is done.
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


class Wait:
    """A wait of ``seconds`` within one step. It begins now, and no jump of the machine's clock changes its length.

    With ``since``, a stored time of the machine's clock, it began then: what is left is worked out here, once, and is
    never more than all of it, whatever that clock did meanwhile.
    """

    def __init__(self, clock: Clock, seconds: float, *, since: float | None = None) -> None:
        left = seconds if since is None else min(max(since + seconds - clock.now(), 0.0), seconds)
        self._clock = clock
        self._began = clock.monotonic()
        self._until = self._began + left

    @property
    def elapsed(self) -> float:
        """Return for how many seconds this step has waited."""
        return self._clock.monotonic() - self._began

    @property
    def left(self) -> float:
        """Return how many seconds are left; none, or less, where the time is up."""
        return self._until - self._clock.monotonic()

    @property
    def is_over(self) -> bool:
        """Say whether the time is up."""
        return self.left <= 0


def next_poll(seconds: float, most: float) -> float:
    """Return the wait after ``seconds``: half as much again, at most ``most``."""
    return min(seconds * 1.5, most)

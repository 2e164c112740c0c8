"""What is looked at afterwards: a change that ran without anybody's approval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of one emergency, open until somebody signs it.

    Times are seconds since the epoch. It was the emergency ``use``, from 1, of ``quota`` that there might be in
    ``period`` seconds.
    """

    opened_at: float
    use: int
    quota: int
    period: float

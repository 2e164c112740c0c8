"""What is looked at afterwards: a change that ran without anybody's approval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of one emergency, open until somebody signs it.

    Times are seconds since the epoch. It was its requester's emergency ``use``, from 1, of ``quota`` that anybody
    might have in ``period`` seconds. ``note`` is what ``signed_by`` found.
    """

    opened_at: float
    use: int
    quota: int
    period: float
    signed_at: float | None = None
    signed_by: str | None = None
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody signed it yet."""
        return self.signed_by is None

"""A grant: an approval that somebody gave in advance, for a time and for so many changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.domain.asks import Confirm, Ruled
from bot.domain.errors import Refusal
from bot.domain.operation import Operation


class NoSuchGrant(Refusal):
    """Facts: ``grant``."""

    code = "no_such_grant"


class GrantOver(Refusal):
    """It was revoked, used up, or its time is over. Facts: ``grant``."""

    code = "grant_over"


class NotYourGrant(Refusal):
    """Another one gave it, and the policy doesn't name who asks. Facts: ``grant``, ``by`` (who gave it), ``have``."""

    code = "not_your_grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What a grant is for: an operation on a load balancer, or on one listener of it, or on some of its backends.

    ``listener`` is ``""`` for all of them; ``backends`` (``host:port``) is empty for all of the listener's.
    """

    verb: str
    load_balancer: str
    listener: str = ""
    backends: tuple[str, ...] = ()

    def covers(self, operation: Operation) -> bool:
        """Say whether ``operation`` is one of those meant."""
        return (
            operation.description.verb == self.verb
            and operation.load_balancer == self.load_balancer
            and self.listener in ("", operation.listener)
            and (not self.backends or f"{operation.host}:{operation.port}" in self.backends)
        )

    def __str__(self) -> str:
        """Return it as it is written behind ``grant``."""
        return " ".join(one for one in (self.verb, self.load_balancer, self.listener, *self.backends) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One grant, given by ``giver`` in ``channel``.

    ``given_at`` and ``until`` (its first second without it) are seconds since the epoch. Of its ``uses`` changes
    ``used`` began with it. It is over once it is ``revoked``, too.
    """

    id: int
    giver: str
    channel: str
    targets: Targets
    reason: str
    given_at: float
    until: float
    uses: int
    used: int = 0
    revoked: bool = False

    @property
    def name(self) -> str:
        """Return the id people see: ``G-3``."""
        return grant_name(self.id)

    @property
    def left(self) -> int:
        """Return how many more changes may begin with it."""
        return max(0, self.uses - self.used)

    def is_active(self, at: float) -> bool:
        """Say whether a change may begin with it at ``at``."""
        return not self.revoked and self.left > 0 and at < self.until

    def serves(self, operation: Operation, ruled: Ruled, *, begins: float) -> bool:
        """Say whether it stands for an approval of ``operation`` under ``ruled``.

        ``begins`` is when that starts at the earliest (seconds, epoch). It must be before its end: who approves for
        half an hour doesn't mean what starts tomorrow. Where the listener must be typed, only one that names it serves.
        """
        is_typed = ruled.asks.confirm is Confirm.TYPED
        is_meant = self.targets.covers(operation) and begins < self.until
        return is_meant and (bool(self.targets.listener) or not is_typed)

    def to_json(self) -> Mapping[str, Any]:
        """Return plain data for the record."""
        return {"grant": self.name, **asdict(self)}


def grant_name(number: int) -> str:
    """Return the id people see of grant ``number``: ``G-3``."""
    return f"G-{number}"

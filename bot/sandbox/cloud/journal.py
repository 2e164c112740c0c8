"""Every API request the sandbox received, without secrets."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

KEPT = 10_000  # requests; the oldest go first
SECRET = frozenset({"Signature", "SecretId", "Token"})


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request.

    ``n`` counts from 1. ``at`` is the cloud's clock, seconds since the epoch. ``face`` is ``v2`` or ``3.0``.
    ``outcome`` is ``ok``, the code of the no, ``pending`` while a call is held before it is done, or the fault that
    came before it was done. ``fault`` names the fault that was applied. ``task`` is the task id as answered.
    ``told`` are the probe ports that a read told, by ``host:port``.
    """

    n: int
    at: float
    face: str
    action: str
    region: str
    params: dict[str, Any]
    request_id: str
    outcome: str = "pending"
    task: int | str | None = None
    fault: str | None = None
    told: dict[str, int] = field(default_factory=dict)


class Journal:
    """The last requests, in the order in which they came."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def write(
        self, *, at: float, face: str, action: str, region: str, params: Mapping[str, Any], request_id: str
    ) -> Entry:
        """Note a request as it came in; its outcome is filled in later."""
        self._count += 1
        entry = Entry(
            n=self._count,
            at=at,
            face=face,
            action=action,
            region=region,
            params={name: value for name, value in params.items() if name not in SECRET},
            request_id=request_id,
        )
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Forget all requests and count from 1 again."""
        self._entries.clear()
        self._count = 0

    def to_json(self) -> list[dict[str, Any]]:
        """Return the requests, oldest first."""
        return [{each.name: getattr(entry, each.name) for each in fields(entry)} for entry in self._entries]

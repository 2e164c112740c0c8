"""Faults to switch on: what Slack and the network do on a bad day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

# kind -> the facts it needs, with the type each must have
KINDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "rate_limited": {"retry_after": int},
    "http_500": {},
    "http_503": {},
    "html_body": {},
    "api_error": {"error": str},
    "slow": {"seconds": (int, float)},
    "drop_before": {},
    "drop_after": {},
    "revoked_token": {},
    "connections_open_fails": {},
    "handshake_failure": {},
    "duplicate_envelope": {},
    "ack_lost": {},
    "reconnect_storm": {"n": int},
    "disconnect": {"reason": str},
    "message_deleted": {"channel": str, "ts": str},
}
DISCONNECT_REASONS = frozenset({"warning", "refresh_requested", "link_disabled"})


class BadFault(ValueError):
    """A fault that can't be switched on; the message says why."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One switched-on fault; ``left`` is how often it still strikes, ``None`` until cleared."""

    id: int
    kind: str
    method: str | None
    left: int | None
    facts: dict[str, Any] = field(default_factory=dict)
    hits: int = 0

    def strikes(self, kind: str, method: str | None) -> bool:
        """Whether this fault is of that kind, meant for that method, and not used up."""
        return self.kind == kind and self.left != 0 and self.method in {None, method}

    def strike(self) -> None:
        """Count one strike."""
        self.hits += 1
        if self.left is not None:
            self.left -= 1


class Faults:
    """The faults switched on so far, oldest first; used-up ones stay listed with their hits."""

    def __init__(self) -> None:
        self._all: list[Fault] = []
        self._numbers = count(1)

    def add(self, wish: Mapping[str, Any]) -> Fault:
        """Switch on the fault in ``wish`` (``kind``, ``times``, ``method``, and what the kind needs).

        Raises:
            BadFault: the kind isn't known or a fact is missing or of the wrong type.
        """
        facts = {name: value for name, value in wish.items() if name not in {"kind", "times", "method"}}
        kind, times = str(wish.get("kind")), wish.get("times", 1)
        if kind not in KINDS:
            message = f"unknown fault kind {kind!r}; known: {', '.join(sorted(KINDS))}"
            raise BadFault(message)
        if isinstance(times, bool) or not isinstance(times, int) or times < 0:
            message = f"times is a whole number, 0 for until cleared, not {times!r}"
            raise BadFault(message)
        for name, wanted in KINDS[kind].items():
            if not isinstance(facts.get(name), wanted):
                message = f"{kind} needs {name!r}"
                raise BadFault(message)
        if kind == "disconnect" and facts["reason"] not in DISCONNECT_REASONS:
            message = f"a disconnect's reason is one of {', '.join(sorted(DISCONNECT_REASONS))}"
            raise BadFault(message)
        left = facts["n"] if kind == "reconnect_storm" else times or None
        fault = Fault(id=next(self._numbers), kind=kind, method=wish.get("method"), left=left, facts=facts)
        self._all.append(fault)
        return fault

    def take(self, kind: str, method: str | None = None) -> Fault | None:
        """Return the oldest fault that strikes here, counting the strike."""
        fault = next((candidate for candidate in self._all if candidate.strikes(kind, method)), None)
        if fault is not None:
            fault.strike()
        return fault

    def clear(self) -> None:
        """Forget every fault."""
        self._all.clear()

    def listing(self) -> list[dict[str, Any]]:
        """Return each fault with ``left`` (``None``: until cleared) and ``hits``."""
        return [
            {"id": f.id, "kind": f.kind, "method": f.method, "left": f.left, "hits": f.hits, **f.facts}
            for f in self._all
        ]

"""The record of every Web API call."""

from typing import Any

from bot.sandbox.slack.clock import Clock


class Calls:
    """Every call so far, oldest first; tokens are never in it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: list[dict[str, Any]] = []

    def record(self, method: str, args: dict[str, Any], *, error: str, ignored: list[str]) -> None:
        """Record one call; ``ignored`` are arguments the stand-in doesn't know for that method."""
        self._all.append({
            "n": len(self._all) + 1,
            "at": self._clock.now(),
            "method": method,
            "args": args,
            "ok": not error,
            "error": error,
            "ignored": ignored,
        })  # fmt: skip

    def listing(self) -> list[dict[str, Any]]:
        """Return the calls."""
        return list(self._all)

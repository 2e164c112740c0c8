"""What a person sees after they did something."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The error line a person sees, ``""`` when all went well; ``errors`` are a modal's, by block id."""

    ok: bool
    error: str = ""
    errors: dict[str, str] = field(default_factory=dict)


class Unable(Exception):
    """Something a person can't do at all, so that the app hears nothing of it; the message says why."""


FINE = Outcome(ok=True)


def failed(error: str) -> Outcome:
    """Return the outcome of something that went wrong."""
    return Outcome(ok=False, error=error)

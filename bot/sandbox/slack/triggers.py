"""Trigger ids: good for three seconds and one modal (Slack fact sheet, section 4)."""

import random
from dataclasses import dataclass

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.clock import Clock

TRIGGER_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Who did something, the modal they did it in (``None`` elsewhere), and until when it counts."""

    user: str
    view: str | None
    expires_at: float
    used: bool = False


class Triggers:
    """The trigger ids handed out so far."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._all: dict[str, Trigger] = {}

    def issue(self, user: str, view: str | None = None) -> str:
        """Return a fresh trigger id, in the form ``132456.7890123.abcdef``."""
        left, middle, right = (self._rng.getrandbits(bits) for bits in (40, 40, 128))
        trigger = f"{left}.{middle}.{right:032x}"
        self._all[trigger] = Trigger(user=user, view=view, expires_at=self._clock.now() + TRIGGER_SECONDS)
        return trigger

    def exchange(self, trigger: str) -> Trigger:
        """Use ``trigger`` up.

        Raises:
            Refused: ``invalid_trigger_id``, ``exchanged_trigger_id`` or ``expired_trigger_id``.
        """
        found = self._all.get(trigger)
        if found is None:
            raise Refused(error="invalid_trigger_id")
        if found.used:
            raise Refused(error="exchanged_trigger_id")
        if self._clock.now() > found.expires_at:
            raise Refused(error="expired_trigger_id")
        found.used = True
        return found

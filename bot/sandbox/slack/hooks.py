"""Response URLs: five answers in thirty minutes to one interaction (Slack fact sheet, section 3)."""

import random
from dataclasses import dataclass, field

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.clock import Clock

MOST_USES = 5
HOOK_SECONDS = 30 * 60.0


@dataclass(slots=True, kw_only=True)
class Hook:
    """One interaction somebody may answer.

    ``source`` is the timestamp of the message that was pressed, ``None`` for a command; ``replies`` are the
    timestamps of what was answered so far.
    """

    path: str
    user: str
    channel: str
    expires_at: float
    source: str | None = None
    left: int = MOST_USES
    replies: list[str] = field(default_factory=list)


class Hooks:
    """The response URLs handed out so far, by path."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        self._all: dict[str, Hook] = {}

    def issue(self, kind: str, *, user: str, channel: str, source: str | None = None) -> Hook:
        """Return a fresh hook; ``kind`` is ``commands`` or ``actions``, as in Slack's own paths."""
        path = f"/hooks/{kind}/{self._rng.getrandbits(40)}/{self._rng.getrandbits(96):024x}"
        expires_at = self._clock.now() + HOOK_SECONDS
        hook = Hook(path=path, user=user, channel=channel, source=source, expires_at=expires_at)
        self._all[path] = hook
        return hook

    def find(self, path: str) -> Hook:
        """Return the hook at ``path`` while it may still be used.

        Raises:
            Refused: ``invalid_url``, ``used_url`` or ``expired_url``.
        """
        hook = self._all.get(path)
        if hook is None:
            raise Refused(error="invalid_url")
        if hook.left == 0:
            raise Refused(error="used_url")
        if self._clock.now() > hook.expires_at:
            raise Refused(error="expired_url")
        return hook

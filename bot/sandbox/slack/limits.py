"""Rate limits (Slack fact sheet, section 9): one message a second and channel, and the tiers on request."""

import math
from dataclasses import dataclass

from bot.sandbox.slack.clock import Clock

# requests a minute for a method, workspace and app; "special" methods have none that is published
TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}
MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Limits:
    """Token buckets, by key.

    ``burst`` is how many messages a channel takes at once before one a second counts; ``tiers`` switches the
    published per-minute limits on, too.
    """

    def __init__(self, clock: Clock, *, burst: int = 20, tiers: bool = False) -> None:
        self._clock = clock
        self._burst = burst
        self._tiers = tiers
        self._buckets: dict[str, _Bucket] = {}

    def message(self, channel: str) -> int:
        """Count one message to ``channel``; return 0, or the whole seconds to wait where it is one too many."""
        return self._take(f"message {channel}", self._burst, 1.0)

    def call(self, method: str, tier: str) -> int:
        """Count one call; return 0, or the whole seconds to wait where its tier's limit is reached."""
        if not self._tiers or tier not in TIERS:
            return 0
        return self._take(f"method {method}", TIERS[tier], TIERS[tier] / MINUTE)

    def _take(self, key: str, most: int, per_second: float) -> int:
        now = self._clock.now()
        bucket = self._buckets.setdefault(key, _Bucket(float(most), now))
        bucket.level = min(float(most), bucket.level + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.level < 1:
            return max(1, math.ceil((1 - bucket.level) / per_second))
        bucket.level -= 1
        return 0

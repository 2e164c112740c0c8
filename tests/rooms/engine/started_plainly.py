"""When a change may begin, read plainly and slowly off what was asked for: apart from the product."""

from collections.abc import Sequence

from bot.domain.policy import Policy, Spans
from tests.rooms.engine.watched import Event, Wish
from tests.unit.policy.plain import open_at

LATE = 1800.0  # seconds


def begins(wish: Wish, policy: Policy, moment: float) -> float:
    """Return when what is asked for at ``moment`` begins at the earliest."""
    if wish.start is None:
        return moment
    if not wish.start.window:
        return max(moment, wish.start.at)
    window = policy.windows[wish.start.window]
    assert isinstance(window, Spans)
    return moment if open_at(window, moment) else min(opens for opens, _ in window.spans if opens > moment)


def wrong_start(call: Event, card: Sequence[Event], wish: Wish, policy: Policy) -> str:
    """Return why ``call`` comes at the wrong time, ``""`` where it doesn't; ``card`` is what people were asked last."""
    if wish.start is None:
        return ""
    if wish.start.window:
        window = policy.windows.get(wish.start.window)
        return "" if window is not None and open_at(window, call["at"]) else f"{wish.start.window} is shut"
    if call["at"] < wish.start.at:
        return f"{wish.start.at - call['at']} s before its start"
    latest = wish.start.at + LATE
    is_asked_since = card[0]["at"] > latest
    return "" if call["at"] <= latest or is_asked_since else f"{call['at'] - latest} s after it was to start"

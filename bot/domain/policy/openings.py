"""Whether a change may start when it is to, and when a window of the policy lets it."""

from collections.abc import Mapping

from bot.domain.errors import Refusal
from bot.domain.policy.windows import DAY, Window
from bot.domain.starts import AHEAD_SECONDS, LATE_SECONDS, Start, begins_at

AHEAD_DAYS = round(AHEAD_SECONDS / DAY)


class StartPassed(Refusal):
    """It was to start at a moment that is over. Facts: ``starts`` (seconds since the epoch), ``days`` (most ahead)."""

    code = "start_passed"


class StartTooFar(Refusal):
    """It was to start too far ahead. Facts: ``starts`` (seconds since the epoch), ``days`` (most ahead)."""

    code = "start_too_far"


class UnknownWindow(Refusal):
    """The policy has no such window. Facts: ``window`` (its name), ``have`` (the names there are)."""

    code = "unknown_window"


class WindowStaysShut(Refusal):
    """The window doesn't open soon enough. Facts: ``window`` (its name), ``days`` (the most ahead)."""

    code = "window_stays_shut"


def must_be_ahead(start: Start | None, *, now: float) -> None:
    """Let a moment pass that is to come, and not too far ahead; a window is looked at by ``next_start``.

    Raises:
        Refusal: ``StartPassed`` or ``StartTooFar``.
    """
    if start is None or start.window:
        return
    if start.at <= now:
        raise StartPassed(starts=start.at, days=AHEAD_DAYS)
    if start.at > now + AHEAD_SECONDS:
        raise StartTooFar(starts=start.at, days=AHEAD_DAYS)


def next_start(start: Start, windows: Mapping[str, Window], *, now: float) -> Start:
    """Return ``start`` itself while it can begin then or now, else with the next opening of its window.

    Raises:
        Refusal: ``UnknownWindow`` or ``WindowStaysShut``.
    """
    if not start.window:
        return start
    window = windows.get(start.window)
    if window is None:
        raise UnknownWindow(window=start.window, have=tuple(sorted(windows)))
    begins = begins_at(start, now)
    opening = window.next_opening(begins)
    if opening is None or opening > now + AHEAD_SECONDS:
        raise WindowStaysShut(window=start.window, days=AHEAD_DAYS)
    return start if opening == begins else Start(at=opening, window=start.window)


def is_late(start: Start, *, now: float) -> bool:
    """Say whether a moment is over for so long that what was to start then doesn't any more; a window opens again."""
    return not start.window and now > start.at + LATE_SECONDS

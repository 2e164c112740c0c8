"""Rules over later starts: nothing begins before its time."""

from collections.abc import Iterator
from typing import Any

from tests.chaos.history import Change, Event, History, Violation


def not_before_its_start(history: History) -> Iterator[Violation]:
    """No run starts and no call is marked before the start that was approved; what waited for it was due first."""
    for change in history.changes:
        for event, start, approved, due in _with_starts(history, change):
            told = ""
            if event.at < start:
                told = f"event {event.id}: {event.kind} at {event.at:.3f}, to start at {start:.3f}"
            elif approved < start and not due:
                told = f"event {event.id}: {event.kind}, approved at {approved:.3f} for {start:.3f}, and never due"
            if told:
                yield Violation(rule="not_before_its_start", change=f"CR-{change.id}", evidence=told)


def _with_starts(history: History, change: Change) -> Iterator[tuple[Event, float, float, bool]]:
    """Yield what has to wait for a start: the event, the start, when it was approved, whether it was due by then."""
    start: dict[str, Any] | None = None
    approved, due = 0.0, False
    for event in history.of(change):
        if "start" in event.facts and event.kind.startswith("change."):
            start = event.facts["start"]
        if event.kind == "change.approve":
            approved, due = event.at, False
        elif event.kind == "start.due":
            due = start is None or event.at >= start["at"]
        elif event.kind in {"change.start", "call.about_to"} and start is not None:
            yield event, start["at"], approved, due

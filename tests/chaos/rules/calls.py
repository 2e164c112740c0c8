"""Rules over the cloud's journal: the one write, and what stands there at the end."""

import itertools
from collections.abc import Iterator

from tests.chaos.history import Attempt, Call, Change, History, Violation
from tests.chaos.rules.states import APPROVALS

UNHEARD = frozenset({"lose_answer", "refuse_connection_after_read", "http_500", "http_500_applied", "html",
                     "truncated_json", "error"})  # fmt: skip # a read that met one of these told the bot nothing
TOO_FAST = frozenset({"4400", "RequestLimitExceeded"})
CLOCKS_APART = 0.05  # seconds; bot and sandbox share one clock, which may be stepped a little between two readings


def modifying(history: History, change: Change) -> list[Call]:
    """Return the modify calls for ``change``, in the order in which the cloud got them."""
    return [one for one in history.calls if one.value == change.value and one.target == change.target]


def _marks(history: History, change: Change) -> list[Attempt]:
    return sorted((one for one in history.attempts if one.change == change.id), key=lambda one: one.called_at)


def asked_for(history: History) -> Iterator[Violation]:
    """Every modify call is what a change asks for that somebody approved, or broke the glass for, before."""
    for call in history.calls:
        if call.value is None:
            continue
        found = [one for one in history.changes if (one.target, one.value) == (call.target, call.value)]
        if not found:
            told = f"journal {call.n}: {call.target} to {call.value}, which no change asks for"
            yield Violation(rule="asked_for", change="", evidence=told)
        for change in found:
            approvals = [one.at for one in history.of(change, *APPROVALS)]
            if not any(at <= call.at + CLOCKS_APART for at in approvals):
                told = f"journal {call.n}: called at {call.at:.3f}, approved at {approvals or 'no time'}"
                yield Violation(rule="asked_for", change=f"CR-{change.id}", evidence=told)


def one_call_each_mark(history: History) -> Iterator[Violation]:
    """No modify call without a mark of its own that was made before it."""
    for change in history.changes:
        marks = _marks(history, change)
        for nth, call in enumerate(modifying(history, change), start=1):
            made = sum(one.called_at <= call.at + CLOCKS_APART for one in marks)
            if nth > made:
                told = f"journal {call.n} is call {nth} at {call.at:.3f}, but {made} marks had been made by then"
                yield Violation(rule="one_call_each_mark", change=f"CR-{change.id}", evidence=told)


def answers_are_the_clouds(history: History) -> Iterator[Violation]:
    """What a mark says of its call is true: accepted is a task of one call of the change, not sent never arrived."""
    for change in history.changes:
        calls, marks = modifying(history, change), _marks(history, change)
        for mark in marks:
            if mark.answer == "accepted" and sum(one.task == mark.task != "" for one in calls) != 1:
                told = f"attempt {mark.number} says task {mark.task}; the calls' are {[one.task for one in calls]}"
                yield Violation(rule="answers_are_the_clouds", change=f"CR-{change.id}", evidence=told)
        sent = sum(mark.answer != "not_sent" for mark in marks)
        if len(calls) > sent:
            told = f"{len(calls)} calls arrived, but only {sent} of {len(marks)} attempts may have been sent"
            yield Violation(rule="answers_are_the_clouds", change=f"CR-{change.id}", evidence=told)


def again_only_after_reading(history: History) -> Iterator[Violation]:
    """Between two modify calls for one change a read told a value that is not the new one."""
    for change in history.changes:
        listener, _, backend = change.target.rpartition("/")
        calls = modifying(history, change)
        for first, second in itertools.pairwise(calls):
            between = [one for one in history.calls if first.n < one.n < second.n and one.target == listener]
            told = [one.told[backend] for one in between if backend in one.told and one.fault not in UNHEARD]
            if all(value == change.value for value in told):
                evidence = f"journal {first.n} and {second.n}; reads between told {told or 'nothing'}"
                yield Violation(rule="again_only_after_reading", change=f"CR-{change.id}", evidence=evidence)


def within_rate(history: History) -> Iterator[Violation]:
    """The cloud never had to say that calls come too fast, but where it was told to."""
    for call in history.calls:
        if call.outcome in TOO_FAST and call.fault is None:
            told = f"journal {call.n}: {call.action} was one call too many for its second"
            yield Violation(rule="within_rate", change="", evidence=told)


def final_value(history: History) -> Iterator[Violation]:
    """Each backend has the probe port of the last change that succeeded on it; after UNKNOWN, either one."""
    for target, before in history.before.items():
        possible = {before}
        timeline = [(one.at, {one.value}) for one in history.drifts if one.target == target]
        for change in (one for one in history.changes if one.target == target):
            for event in history.of(change, "change.succeed", "change.lose_track"):
                started = [one.at for one in history.of(change, "change.start") if one.at <= event.at]
                # What somebody else set while it ran may have come before or after its own call.
                meanwhile = {
                    one.value for one in history.drifts if one.target == target and max(started) <= one.at <= event.at
                }
                unknown = {change.value, -1} if event.kind == "change.lose_track" else {change.value}
                timeline.append((event.at, unknown | meanwhile))
        for _, values in sorted(timeline, key=lambda one: one[0]):
            possible = (possible | values) - {-1} if -1 in values else values
        if history.now.get(target) not in possible:
            told = f"{target} is {history.now.get(target)}, but the record allows {sorted(possible)}"
            yield Violation(rule="final_value", change=_last_on(history, target), evidence=told)


def _last_on(history: History, target: str) -> str:
    ids = [one.id for one in history.changes if one.target == target]
    return f"CR-{max(ids)}" if ids else ""

"""Rules over the record: where every change stands, and that events explain it."""

from collections.abc import Iterator

from tests.chaos.history import History, Violation

RESTING = frozenset({"REJECTED", "CANCELLED", "EXPIRED", "SUCCEEDED", "FAILED", "UNKNOWN"})
ENDS = frozenset({"change.succeed", "change.fail", "change.lose_track"})
APPROVALS = frozenset({"change.approve", "change.break_glass"})
# The checker's own table of moves, written from the README's diagram.
MOVES = {
    ("", "change.opened"): "PENDING",
    ("PENDING", "change.approve"): "APPROVED",
    ("PENDING", "change.break_glass"): "APPROVED",
    ("PENDING", "change.reject"): "REJECTED",
    ("PENDING", "change.cancel"): "CANCELLED",
    ("PENDING", "change.expire"): "EXPIRED",
    ("PENDING", "change.renew"): "PENDING",
    ("APPROVED", "change.start"): "RUNNING",
    ("APPROVED", "change.cancel"): "CANCELLED",
    ("RUNNING", "change.succeed"): "SUCCEEDED",
    ("RUNNING", "change.fail"): "FAILED",
    ("RUNNING", "change.lose_track"): "UNKNOWN",
    ("RUNNING", "change.ask_again"): "PENDING",
    ("UNKNOWN", "change.succeed"): "SUCCEEDED",
    ("UNKNOWN", "change.fail"): "FAILED",
}


def at_rest(history: History) -> Iterator[Violation]:
    """Every change ended or is UNKNOWN, the engine has nothing left to run, and every bot is ready."""
    for change in history.changes:
        if change.state not in RESTING:
            yield Violation(rule="at_rest", change=f"CR-{change.id}", evidence=f"it is {change.state}")
    for run in history.runs:
        yield Violation(rule="at_rest", change=run.partition(".")[0], evidence=f"the run {run} has not ended")
    for bot in history.unready:
        yield Violation(rule="at_rest", change="", evidence=f"{bot} is not ready")


def no_fault_of_ours(history: History) -> Iterator[Violation]:
    """Whatever was cut, no bot met an error that it has no words for."""
    for fault in history.faults:
        yield Violation(rule="no_fault_of_ours", change="", evidence=fault)


def ended_once(history: History) -> Iterator[Violation]:
    """Every approval led to one end, or back to people, and to no other."""
    for change in history.changes:
        kinds = [one.kind for one in history.of(change)]
        approved, asked = sum(kind in APPROVALS for kind in kinds), kinds.count("change.ask_again")
        ended = sum(kind in ENDS for kind in kinds) - _known_later(kinds)
        taken_back = sum(
            kind == "change.cancel" and not APPROVALS.isdisjoint(kinds[:at]) and stands(kinds[:at]) == "APPROVED"
            for at, kind in enumerate(kinds)
        )
        if approved != asked + ended + taken_back:
            told = f"approved {approved} times, asked again {asked}, ended {ended}, cancelled {taken_back}"
            yield Violation(rule="ended_once", change=f"CR-{change.id}", evidence=told)


def _known_later(kinds: list[str]) -> int:
    """Return how many ends came after UNKNOWN, by "check again"."""
    lost = kinds.index("change.lose_track") if "change.lose_track" in kinds else len(kinds)
    return sum(kind in ENDS for kind in kinds[lost + 1 :])


def stands(kinds: list[str]) -> str:
    """Return the state to which the events ``kinds`` lead."""
    state = ""
    for kind in kinds:
        state = MOVES.get((state, kind), state)
    return state


def explained(history: History) -> Iterator[Violation]:
    """The events of a change, replayed, are legal moves and lead to the state of its row."""
    for change in history.changes:
        state = ""
        for event in history.of(change):
            if not event.kind.startswith("change."):
                continue
            if (state, event.kind) not in MOVES:
                told = f"event {event.id}: {event.kind} while {state or 'not opened'}"
                yield Violation(rule="explained", change=f"CR-{change.id}", evidence=told)
            state = MOVES.get((state, event.kind), state)
        if state != change.state:
            told = f"its row says {change.state}, its events {state or 'nothing'}"
            yield Violation(rule="explained", change=f"CR-{change.id}", evidence=told)


def second_person(history: History) -> Iterator[Violation]:
    """Nobody approved what they asked for themselves, alone or with others."""
    for change in history.changes:
        for event in history.of(change, "change.approve", "approval.counted"):
            people = {event.actor, *(one["person"] for one in event.facts.get("approvals", ()))}
            if change.requester in people:
                told = f"event {event.id}: {change.requester} asked and approved"
                yield Violation(rule="second_person", change=f"CR-{change.id}", evidence=told)


def in_time(history: History) -> Iterator[Violation]:
    """Nobody decided what was over, and nothing expired before it was."""
    for change in history.changes:
        for event in history.of(change, "change.approve", "change.reject"):
            if event.at >= change.expires_at:
                told = f"event {event.id}: {event.kind} at {event.at:.3f}; it expired at {change.expires_at:.3f}"
                yield Violation(rule="in_time", change=f"CR-{change.id}", evidence=told)
        for event in history.of(change, "change.expire"):
            if event.at < change.expires_at:
                told = f"event {event.id}: expired at {event.at:.3f}, and had time until {change.expires_at:.3f}"
                yield Violation(rule="in_time", change=f"CR-{change.id}", evidence=told)


def one_run_at_a_time(history: History) -> Iterator[Violation]:
    """On each load balancer a run starts only when no other one runs there."""
    balancers = {change.id: change.load_balancer for change in history.changes}
    holders: dict[str, int] = {}
    for event in history.events:
        if event.change not in balancers:
            continue
        balancer, holder = balancers[event.change], holders.get(balancers[event.change])
        if event.kind == "change.start":
            if holder is not None:
                told = f"event {event.id}: started on {balancer} while CR-{holder} ran there"
                yield Violation(rule="one_run_at_a_time", change=f"CR-{event.change}", evidence=told)
            holders[balancer] = event.change
        elif event.kind in ENDS | {"change.ask_again"} and holder == event.change:
            del holders[balancer]

"""Rules over freezes: what is frozen isn't called, unless people or an emergency were let through it."""

from collections.abc import Iterator

from tests.chaos.history import Change, Event, History, Violation

APPROVERS = 2  # of what is frozen: one as ever, and a freeze approver after that


def no_call_while_frozen(history: History) -> Iterator[Violation]:
    """No call is marked while a freeze of its load balancer holds, unless it was approved under it or goes through.

    What holds is what the record says in its own order: set before the mark, not lifted before it, not over by then.
    """
    balancers = {change.id: change for change in history.changes}
    for mark in history.all_of("call.about_to"):
        change = balancers.get(mark.change or 0)
        if change is None:
            continue
        let = _let_through(history, change, mark)
        for freeze in _holding(history, change, mark):
            if freeze.facts["id"] not in let:
                told = f"event {mark.id}: a call was marked, and event {freeze.id} froze {change.load_balancer} before"
                yield Violation(rule="no_call_while_frozen", change=f"CR-{change.id}", evidence=told)


def frozen_needs_two(history: History) -> Iterator[Violation]:
    """What was approved under a freeze was approved by two people, neither of them its requester."""
    for change in history.changes:
        for event in history.of(change, "change.approve"):
            people = {one["person"] for one in event.facts.get("approvals", ())} - {change.requester}
            if _approved_under(event) and len(people) < APPROVERS:
                told = f"event {event.id}: approved under a freeze by {sorted(people)}"
                yield Violation(rule="frozen_needs_two", change=f"CR-{change.id}", evidence=told)


def _holding(history: History, change: Change, mark: Event) -> list[Event]:
    """Return the freezes that hold when ``mark`` is made."""
    lifted = {one.facts["id"] for one in history.all_of("freeze.lifted") if one.id < mark.id}
    return [
        one
        for one in history.all_of("freeze.set")
        if one.facts["load_balancer"] == change.load_balancer
        and one.id < mark.id
        and one.facts["id"] not in lifted
        and one.facts["until"] > mark.at
    ]


def _let_through(history: History, change: Change, mark: Event) -> set[int]:
    """Return the freezes that ``change`` may be called in spite of, as the record has it before ``mark``."""
    let = [one for one in history.of(change, "change.approve", "change.break_glass") if one.id < mark.id]
    if not let:
        return set()
    if let[-1].kind == "change.break_glass":
        return {one["id"] for one in mark.facts.get("overrides", ()) if history.overrides}
    return _approved_under(let[-1])


def _approved_under(approval: Event) -> set[int]:
    frozen = approval.facts.get("basis", {}).get("rule", {}).get("frozen", ())
    return {int(key.removeprefix("#")) for key in frozen}

"""Rules over what was approved in advance: how often, until when, for what, and that it stands in the record."""

from collections.abc import Iterator

from tests.chaos.history import Change, Event, History, Violation


def grants_hold(history: History) -> Iterator[Violation]:
    """A grant is used for others' changes of what it names, no oftener than it says, and not once it is over."""
    given = {one.facts["grant"]: one for one in history.all_of("grant.given")}
    revoked = {one.facts["grant"]: one.id for one in history.all_of("grant.revoked")}
    changes = {change.id: change for change in history.changes}
    times: dict[str, int] = {}
    for use in history.all_of("grant.used"):
        name = use.facts["grant"]
        times[name] = times.get(name, 0) + 1
        told = _wrong(use, given.get(name), changes[use.change or 0], times[name])
        if revoked.get(name, use.id) < use.id:
            told = f"{name} was revoked before"
        if told:
            yield Violation(rule="grants_hold", change=f"CR-{use.change}", evidence=f"event {use.id}: {told}")


def _wrong(use: Event, given: Event | None, change: Change, nth: int) -> str:
    """Return what is wrong with the ``nth`` use of a grant, ``""`` where nothing is."""
    if given is None or given.id > use.id:
        return f"{use.facts['grant']} was not given before"
    facts = given.facts
    if use.at >= facts["until"]:
        return f"used at {use.at:.3f}; it ended at {facts['until']:.3f}"
    if nth > facts["uses"] or use.facts["left"] != facts["uses"] - nth:
        return f"use {nth} of {facts['uses']}, and {use.facts['left']} were said to be left"
    if change.requester == facts["giver"]:
        return f"{facts['giver']} gave it and asked"
    return "" if _covers(facts["targets"], change) else f"it is for {facts['targets']}, not for {change.target}"


def _covers(targets: dict[str, object], change: Change) -> bool:
    balancer, listener, backend = change.target.split("/")
    backends = targets["backends"]
    return (
        targets["load_balancer"] == balancer
        and targets["listener"] in ("", listener)
        and (not backends or (isinstance(backends, list) and backend in backends))
    )


def uses_are_on_record(history: History) -> Iterator[Violation]:
    """Each approval that was given in advance is a use on record, each use such an approval, and rows count them."""
    recorded: dict[str, int] = {}
    for change in history.changes:
        used = sorted(one.facts["grant"] for one in history.of(change, "grant.used"))
        approvals = history.of(change, "change.approve", "approval.counted")
        counted = sorted(
            {f"G-{one['grant']}" for event in approvals for one in event.facts.get("approvals", ()) if one.get("grant")}
        )
        for name in used:
            recorded[name] = recorded.get(name, 0) + 1
        if used != counted:
            told = f"it used {used}, its approvals name {counted}"
            yield Violation(rule="uses_are_on_record", change=f"CR-{change.id}", evidence=told)
    for grant in history.grants:
        if grant.used != recorded.get(grant.name, 0) or grant.used > grant.uses:
            told = f"{grant.name} was used {grant.used} of {grant.uses} times, on record {recorded.get(grant.name, 0)}"
            yield Violation(rule="uses_are_on_record", change="", evidence=told)

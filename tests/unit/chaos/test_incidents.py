"""What is right in an incident is accepted: a freeze that is over or another's, an open review, a window, a grant."""

from dataclasses import replace

from tests.chaos.checker import check
from tests.chaos.history import Deletion, Event, History, Review
from tests.unit.chaos.incidents import (
    EMERGENCY,
    FREEZE,
    GRANT,
    START,
    TARGETS,
    TO_SIGN,
    altered,
    incident,
    lacking,
    nth,
    told_directly,
)

FROZEN_EARLY = {"id": 5, "channel": "C0OPS", "load_balancer": "lb-one", "by": "U0CARLA", "reason": "quiet"}


def rules(history: History) -> set[str]:
    return {violation.rule for violation in check(history)}


def unsigned() -> History:
    """Return the incident whose review nobody signed yet."""
    card = incident().cards[EMERGENCY]
    history = altered("cards", EMERGENCY, text=f"🚨 EMERGENCY CR-3: x\n✅ *Succeeded*\n{TO_SIGN}",
                      replies=card.replies[:2])  # fmt: skip
    events = lacking("events", nth("review.signed", 3)).events
    return replace(history, events=events, reviews=(Review(change=3),))


def test_an_incident_is_accepted() -> None:
    assert check(incident()) == []


def test_a_review_may_stay_open() -> None:
    assert check(unsigned()) == []


def test_a_notice_that_a_closed_channel_took_not_is_told_who_asked_for_it() -> None:
    assert check(told_directly()) == []


def test_a_freeze_that_is_over_by_itself_keeps_nothing_back() -> None:
    history = altered("events", nth("freeze.set"), facts={**FROZEN_EARLY, "until": 54.0})
    approved = nth("change.approve", 2)
    events = list(history.events)
    events[approved] = replace(events[approved], facts={})

    assert rules(replace(history, events=tuple(events))) == set()
    later = altered("events", nth("freeze.set"), facts={**FROZEN_EARLY, "until": 54.1})
    events[nth("freeze.set")] = later.events[nth("freeze.set")]
    assert rules(replace(history, events=tuple(events))) == {"no_call_while_frozen"}


def test_a_freeze_of_another_load_balancer_keeps_nothing_back() -> None:
    history = altered("events", nth("freeze.set"), facts={**FREEZE, "load_balancer": "lb-two", "channel": "C0OPS"})
    events = list(history.events)
    for number, kind in ((2, "change.approve"), (3, "call.about_to")):
        events[nth(kind, number)] = replace(events[nth(kind, number)], facts={})

    assert rules(replace(history, events=tuple(events))) == set()


def test_an_emergency_that_was_handed_back_goes_through_no_freeze_any_more() -> None:
    """Once people are asked, their approval counts, and what an emergency may is over."""
    approved = Event(id=17, at=60.5, change=3, actor="U0BOB", kind="change.approve")
    events = list(incident().events)
    at = nth("change.start", 3)
    events[at:at] = [approved]
    assert "no_call_while_frozen" in rules(replace(incident(), events=tuple(events)))


def test_a_grant_may_be_for_a_whole_load_balancer_and_its_last_use_the_last() -> None:
    wide = {**TARGETS, "listener": "", "backends": []}
    assert rules(altered("events", nth("grant.given"), facts={**GRANT, "targets": wide})) == set()


def test_what_starts_in_a_window_that_is_open_starts_at_once() -> None:
    events = [one for one in incident().events if one.kind != "start.due"]
    start = {"start": {**START, "at": 250.0, "window": "always"}}
    opened, approved = (next(one for one in events if (one.kind, one.change) == (kind, 4))
                        for kind in ("change.opened", "change.approve"))  # fmt: skip
    for one in (opened, approved):
        events[events.index(one)] = replace(one, facts={**one.facts, **start})

    assert rules(replace(incident(), events=tuple(events))) == set()


def test_a_start_that_was_given_up_is_waited_for_no_more() -> None:
    """Where people are asked again since it came too late, it begins as they approve it."""
    events = list(incident().events)
    again = [
        Event(id=27, at=303.0, change=4, actor="countersign", kind="change.ask_again", facts={"start": None}),
        Event(id=28, at=304.0, change=4, actor="U0BOB", kind="change.approve"),
        Event(id=29, at=304.5, change=4, actor="countersign", kind="change.start"),
    ]
    events[-1:] = [*again, replace(events[-1], id=30, at=306.0)]

    assert "not_before_its_start" not in rules(replace(incident(), events=tuple(events)))


def test_a_card_that_was_deleted_before_its_review_was_signed_stands_anew() -> None:
    gone = altered("cards", EMERGENCY, text="CR-3: deleted", deleted=True)
    early, late = (Deletion(at=at, change="CR-3", purpose="card") for at in (64.5, 65.1))

    assert rules(replace(gone, deletions=(late,))) == set()
    assert rules(replace(gone, deletions=(early,))) == {"one_card"}

"""Incidents in which a freeze, a grant, a start or a review came to nothing."""

from dataclasses import replace

from tests.chaos.history import Event, Grant, History, Review
from tests.chaos.shown import Notice
from tests.unit.chaos.incidents import (
    ALICE,
    CARLA,
    EMERGENCY,
    FREEZE,
    FROZEN,
    GRANT,
    GRANTED,
    START,
    TARGETS,
    TO_SIGN,
    UNDER,
    altered,
    incident,
    lacking,
    nth,
    told_directly,
)

USE, REVOKED, GIVEN = nth("grant.used", 1), nth("grant.revoked"), nth("grant.given")
SECOND_USE = Event(id=nth("grant.used", 1) + 100, at=20.0, change=1, actor=ALICE, kind="grant.used",
                   facts={"grant": "G-3", "giver": "U0BOB", "left": 0})  # fmt: skip


def _moved(kind: str, change: int | None, *, to: int) -> History:
    """Return the incident with the event ``kind`` of ``change`` in another place of the record."""
    return altered("events", nth(kind, change), id=to)


def _in_order(history: History) -> History:
    return replace(history, events=tuple(sorted(history.events, key=lambda one: one.id)))


def _start(**fields: object) -> History:
    """Return the incident whose later start was another one."""
    facts = {"start": {**START, **fields}}
    return altered("events", nth("change.approve", 4), facts=facts)


BROKEN_INCIDENTS: list[tuple[str, str, History]] = [
    ("no_call_while_frozen", "approved before the freeze", altered("events", nth("change.approve", 2), facts={})),
    ("no_call_while_frozen", "approved under another freeze",
     altered("events", nth("freeze.set"), facts={**FREEZE, "id": 6, "channel": "C0OPS"})),
    ("no_call_while_frozen", "an emergency that goes through nothing",
     altered("events", nth("call.about_to", 3), facts={"attempt": 1})),
    ("no_call_while_frozen", "an emergency that may not go through it", replace(incident(), overrides=False)),
    ("no_call_while_frozen", "it was never lifted", lacking("events", nth("freeze.lifted"))),
    ("no_call_while_frozen", "lifted only after the call", _in_order(_moved("freeze.lifted", None, to=90))),
    ("frozen_needs_two", "one approved what was frozen",
     altered("events", nth("change.approve", 2), facts={"approvals": [{"person": CARLA}], "basis": UNDER})),
    ("not_before_its_start", "started too early", altered("events", nth("change.start", 4), at=299.0)),
    ("not_before_its_start", "called too early", altered("events", nth("call.about_to", 4), at=299.0)),
    ("not_before_its_start", "it was never due", lacking("events", nth("start.due", 4))),
    ("not_before_its_start", "due too early", altered("events", nth("start.due", 4), at=299.0)),
    ("not_before_its_start", "approved for another start", _start(at=303.0)),
    ("grants_hold", "used once too often",
     replace(incident(), events=(*incident().events, SECOND_USE, replace(SECOND_USE, id=102)))),
    ("grants_hold", "it says that more are left",
     altered("events", USE, facts={"grant": "G-3", "giver": "U0BOB", "left": 2})),
    ("grants_hold", "used after its end", altered("events", GIVEN, facts={**GRANT, "until": 20.0})),
    ("grants_hold", "used after it was revoked", _in_order(_moved("grant.revoked", None, to=0))),
    ("grants_hold", "used before it was given", _in_order(_moved("grant.given", None, to=100))),
    ("grants_hold", "never given", lacking("events", GIVEN)),
    ("grants_hold", "for who gave it", altered("events", GIVEN, facts={**GRANT, "giver": ALICE})),
    ("grants_hold", "for another backend",
     altered("events", GIVEN, facts={**GRANT, "targets": {**TARGETS, "backends": ["cpm-2:80"]}})),
    ("grants_hold", "for another listener",
     altered("events", GIVEN, facts={**GRANT, "targets": {**TARGETS, "listener": "lbl-two"}})),
    ("uses_are_on_record", "an approval in advance that is no use", lacking("events", USE)),
    ("uses_are_on_record", "a use that approves nothing", altered("events", nth("change.approve", 1), facts={})),
    ("uses_are_on_record", "the row counts more", replace(incident(), grants=(Grant(id=3, uses=2, used=2),))),
    ("uses_are_on_record", "the row counts none", replace(incident(), grants=(Grant(id=3, uses=2, used=0),))),
    ("one_review", "an emergency without one", replace(incident(), reviews=())),
    ("one_review", "one of no emergency",
     replace(incident(), reviews=(*incident().reviews, Review(change=1)))),
    ("one_review", "another one broke the glass", altered("events", nth("change.break_glass", 3), actor=CARLA)),
    ("one_review", "the card still asks for it",
     altered("cards", EMERGENCY, text=f"🚨 EMERGENCY CR-3: x\n✅ *Succeeded*\n{TO_SIGN}")),
    ("one_review", "the card says nothing of it", altered("cards", EMERGENCY, text="CR-3: x\n✅ *Succeeded*")),
    ("one_review", "the card of another change asks for one",
     altered("cards", GRANTED, text=f"CR-1: x\n✅ *Succeeded*\n{TO_SIGN}")),
    ("another_signs", "who broke the glass signed",
     replace(altered("events", nth("review.signed", 3), actor=ALICE), reviews=(Review(change=3, signed_by=ALICE),))),
    ("another_signs", "signed twice",
     replace(incident(), events=(*incident().events,
                                 replace(incident().events[nth("review.signed", 3)], id=100, actor=CARLA)))),
    ("another_signs", "signed, and not on record", lacking("events", nth("review.signed", 3))),
    ("another_signs", "signed while it ran", _in_order(_moved("review.signed", 3, to=nth("change.start", 3)))),
    ("thread_is_whole", "what was found is not in the thread",
     altered("cards", EMERGENCY, replies=incident().cards[EMERGENCY].replies[:2])),
    ("each_is_told", "nobody was told of a freeze", lacking("posts", 3)),
    ("each_is_told", "nobody was told of a use", lacking("posts", 1)),
    ("each_is_told", "told of a freeze that is none", lacking("events", nth("freeze.lifted"))),
    ("noticed_once", "a notice that nobody sees", lacking("notices", 0)),
    ("noticed_once", "a notice that stands twice",
     replace(incident(), notices=(*incident().notices, incident().notices[0]))),
    ("noticed_once", "lifted before it was frozen",
     replace(incident(), notices=tuple(reversed(incident().notices)))),
    ("noticed_once", "a notice that nobody wanted",
     replace(incident(), notices=(*incident().notices, Notice(purpose="notice:x", text="")))),
    ("nothing_due", "a notice was given up while the channel was open", replace(told_directly(), closures=())),
    ("nothing_due", "a notice was given up, and nobody was told",
     replace(told_directly(), posts=told_directly().posts[:-1])),
    ("told_directly", "a notice was told directly, and the channel was open", replace(told_directly(), closures=())),
    ("answered", "a freeze that came to nothing", lacking("events", nth("freeze.set"))),
    ("answered", "a grant that is another one's", altered("events", GIVEN, actor=CARLA)),
    ("asked_for", "called before the glass was broken", altered("calls", EMERGENCY, at=59.0)),
    ("second_person", "who asked is one of two",
     altered("events", nth("change.approve", 2), facts={"approvals": [{"person": ALICE}, {"person": CARLA}],
                                                        "basis": UNDER})),
    ("thread_is_whole", "a review of what nobody reviewed",
     altered("cards", FROZEN, replies=incident().cards[EMERGENCY].replies)),
]  # fmt: skip

"""A sound history of an incident: a freeze, a grant, an emergency with its review, a later start; and it broken."""

from dataclasses import replace
from typing import Any

from tests.chaos.history import (
    Attempt,
    Call,
    Change,
    Closure,
    Deed,
    Event,
    Grant,
    History,
    Intake,
    Post,
    Review,
)
from tests.chaos.shown import Card, Notice, Reply, Whisper
from tests.unit.chaos.histories import LISTENER, MODIFY

ALICE, BOB, CARLA, US = "U0ALICE", "U0BOB", "U0CARLA", "countersign"
GRANTED, FROZEN, EMERGENCY, LATER = range(4)  # the changes CR-1 to CR-4, each on a backend of its own
TARGETS = {"verb": "probe-port", "load_balancer": "lb-one", "listener": "lbl-one", "backends": ["cpm-1:80"]}
GRANT = {"grant": "G-3", "giver": BOB, "channel": "C0OPS", "targets": TARGETS, "until": 90.0, "uses": 2}
FREEZE = {"id": 5, "load_balancer": "lb-one", "by": CARLA, "until": 900.0, "reason": "quiet"}
START = {"at": 300.0, "window": ""}
UNDER = {"rule": {"name": "x", "version": "y", "frozen": ["#5"]}}
TOLD = "You reviewed CR-3."
NUMBERS = (1, 2, 3, 4)
SIGNED, TO_SIGN = "🔎 *Reviewed* by x", "🔎 *To be reviewed* by x"


def _by(*people: str, grant: int | None = None) -> list[dict[str, Any]]:
    return [{"person": one, **({"grant": grant} if grant else {})} for one in people]


STEPS: tuple[tuple[float, int | None, str, str, dict[str, Any]], ...] = (
    (10.0, None, BOB, "grant.given", GRANT),
    (20.0, 1, ALICE, "change.opened", {}),
    (20.0, 1, ALICE, "grant.used", {"grant": "G-3", "giver": BOB, "left": 1}),
    (20.0, 1, BOB, "change.approve", {"approvals": _by(BOB, grant=3)}),
    (21.0, 1, US, "change.start", {}),
    (22.0, 1, US, "call.about_to", {"attempt": 1}),
    (24.0, 1, US, "change.succeed", {}),
    (30.0, None, BOB, "grant.revoked", {**GRANT, "why": ""}),
    (40.0, None, CARLA, "freeze.set", {**FREEZE, "channel": "C0OPS"}),
    (50.0, 2, ALICE, "change.opened", {}),
    (51.0, 2, BOB, "approval.counted", {"approvals": _by(BOB)}),
    (52.0, 2, CARLA, "change.approve", {"approvals": _by(BOB, CARLA), "basis": UNDER}),
    (53.0, 2, US, "change.start", {}),
    (54.0, 2, US, "call.about_to", {"attempt": 1}),
    (56.0, 2, US, "change.succeed", {}),
    (60.0, 3, ALICE, "change.opened", {}),
    (60.0, 3, ALICE, "change.break_glass", {"approvals": _by(ALICE)}),
    (61.0, 3, US, "change.start", {}),
    (62.0, 3, US, "call.about_to", {"attempt": 1, "overrides": [FREEZE]}),
    (64.0, 3, US, "change.succeed", {}),
    (65.0, 3, BOB, "review.signed", {"note": "fine"}),
    (70.0, None, CARLA, "freeze.lifted", {**FREEZE, "why": "over"}),
    (250.0, 4, ALICE, "change.opened", {"start": START}),
    (251.0, 4, BOB, "change.approve", {"approvals": _by(BOB), "start": START}),
    (300.5, 4, US, "start.due", {}),
    (301.0, 4, US, "change.start", {}),
    (302.0, 4, US, "call.about_to", {"attempt": 1}),
    (304.0, 4, US, "change.succeed", {}),
)
OPENED_AT, CALLED_AT = (20.0, 50.0, 60.0, 250.0), (22.0, 54.0, 62.0, 302.0)
# The line, who typed it, when it was finished; a notice is the answer to the first four.
ORDERS = (
    ("grant", BOB, 10.0),
    ("revoke", BOB, 30.0),
    ("freeze", CARLA, 40.0),
    ("unfreeze", CARLA, 70.0),
    ("review", BOB, 65.0),
)


def target(number: int) -> str:
    return f"{LISTENER}/cpm-{number}:80"


def nth(kind: str, change: int | None = None) -> int:
    """Return the place of the event ``kind`` of ``change``."""
    return next(at for at, step in enumerate(STEPS) if (step[3], step[1]) == (kind, change))


def incident() -> History:
    notices = [f"notice:{line}" for line, _, _ in ORDERS if line != "review"]
    notices.insert(1, "notice:key-1")
    typed = (*((f"probe-port {n}", ALICE) for n in NUMBERS), *((line, who) for line, who, _ in ORDERS))
    return History(
        calls=tuple(
            Call(n=n, at=at + 0.1, action=MODIFY, target=target(n), value=8100 + n, task=str(n))
            for n, at in zip(NUMBERS, CALLED_AT, strict=True)
        ),
        before={target(n): 8001 for n in NUMBERS},
        now={target(n): 8100 + n for n in NUMBERS},
        cards=tuple(_card(number) for number in NUMBERS),
        notices=tuple(Notice(purpose=one, text=one) for one in notices),
        whispers=(Whisper(user=BOB, text=TOLD),),
        changes=tuple(_change(number) for number in NUMBERS),
        attempts=tuple(
            Attempt(change=n, number=1, called_at=at, answer="accepted", task=str(n))
            for n, at in zip(NUMBERS, CALLED_AT, strict=True)
        ),
        events=tuple(
            Event(id=n, at=at, change=change, actor=who, kind=kind, facts=facts)
            for n, (at, change, who, kind, facts) in enumerate(STEPS)
        ),
        posts=(
            *(Post(id=n, change=None, purpose=one) for n, one in enumerate(notices, start=1)),
            Post(id=9, change=None, purpose="answer:review", user=BOB, text=TOLD),
        ),
        intake=_intake(),
        grants=(Grant(id=3, uses=2, used=1),),
        reviews=(Review(change=3, signed_by=BOB),),
        deeds=tuple(Deed(kind="command", user=who, said=line, heard=True) for line, who in typed),
    )


def _intake() -> tuple[Intake, ...]:
    asked = ((f"key-{n}", ALICE, f"probe-port {n}", at) for n, at in zip(NUMBERS, OPENED_AT, strict=True))
    typed = (*asked, *((line, who, line, at) for line, who, at in ORDERS))
    return tuple(Intake(key=key, kind="command", user=who, said=said, finished_at=at) for key, who, said, at in typed)


def _change(number: int) -> Change:
    return Change(
        id=number,
        state="SUCCEEDED",
        version=1,
        target=target(number),
        value=8100 + number,
        requester=ALICE,
        intake=f"key-{number}",
        expires_at=310.0,
    )


def _card(number: int) -> Card:
    review = f"\n{SIGNED}" if number == EMERGENCY + 1 else ""
    title = f"🚨 EMERGENCY CR-{number}: x" if review else f"CR-{number}: x"
    purposes = ("progress", "result", "review") if review else ("progress", "result")
    replies = tuple(Reply(purpose=one, text=one) for one in purposes)
    return Card(text=f"{title}\n✅ *Succeeded and verified*{review}", replies=replies)


def altered(part: str, at: int, /, **fields: Any) -> History:  # noqa: ANN401 - any field of any part
    """Return the incident with other ``fields`` in one element of ``part``."""
    values = list(getattr(incident(), part))
    values[at] = replace(values[at], **fields)
    made: dict[str, Any] = {part: tuple(values)}
    return replace(incident(), **made)


def lacking(part: str, at: int) -> History:
    """Return the incident without one element of ``part``."""
    values = list(getattr(incident(), part))
    del values[at]
    made: dict[str, Any] = {part: tuple(values)}
    return replace(incident(), **made)


def told_directly() -> History:
    """Return the incident with a channel that was archived as the freeze was lifted, which its person was told."""
    history = incident()
    told = "☀️ lifted, so I tell you here."
    lifted = next(at for at, one in enumerate(history.posts) if one.purpose == "notice:unfreeze")
    posts = list(history.posts)
    posts[lifted] = replace(posts[lifted], delivered=0, given_up="is_archived")
    directly = Post(id=20, change=None, purpose=f"answer:notice-{posts[lifted].id}", user=CARLA, text=told)
    return replace(
        history,
        notices=tuple(one for one in history.notices if one.purpose != "notice:unfreeze"),
        posts=(*posts, directly),
        whispers=(*history.whispers, Whisper(user=CARLA, text=told)),
        closures=(Closure(at=69.0, why="is_archived"),),
    )

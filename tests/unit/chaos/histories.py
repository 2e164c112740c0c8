"""A sound history with one change of each fate, and ways to break it."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from tests.chaos.history import Attempt, Call, Change, Deed, Event, History, Intake, Linked, Post
from tests.chaos.rules.record import line
from tests.chaos.shown import Card, Reply, Whisper

LISTENER = "lb-one/lbl-one"
BACKENDS = ("cpm-a:80", "cpm-b:80", "cpm-c:80", "cpm-d:80")
A, B, C, D = (f"{LISTENER}/{backend}" for backend in BACKENDS)
MODIFY, READ = "ModifyBmL4ListenerBackendProbePort", "DescribeL4Backends"
OLD = dict.fromkeys(BACKENDS, 8001)
# CR-1 succeeded after a lost call and a second one, CR-2 was rejected, CR-3 is unknown, CR-4 was taken back in time.
CHANGES = (
    Change(
        id=1, state="SUCCEEDED", version=1, target=A, value=8101, requester="U0ALICE", intake="key-1", expires_at=75.0
    ),
    Change(
        id=2, state="REJECTED", version=1, target=B, value=8102, requester="U0ALICE", intake="key-2", expires_at=75.0
    ),
    Change(
        id=3, state="UNKNOWN", version=1, target=C, value=8103, requester="U0ALICE", intake="key-3", expires_at=75.0
    ),
    Change(
        id=4, state="CANCELLED", version=1, target=D, value=8104, requester="U0ALICE", intake="key-4", expires_at=75.0
    ),
)
STEPS = (
    (1, 10.0, "U0ALICE", "change.opened"),
    (2, 11.0, "U0ALICE", "change.opened"),
    (3, 12.0, "U0ALICE", "change.opened"),
    (4, 13.0, "U0ALICE", "change.opened"),
    (1, 20.0, "U0BOB", "change.approve"),
    (2, 21.0, "U0BOB", "change.reject"),
    (3, 22.0, "U0BOB", "change.approve"),
    (4, 23.0, "U0BOB", "change.approve"),
    (1, 30.0, "countersign", "change.start"),
    (4, 31.0, "U0ALICE", "change.cancel"),
    (1, 50.0, "countersign", "change.succeed"),
    (3, 51.0, "countersign", "change.start"),
    (3, 70.0, "countersign", "change.lose_track"),
)
CALLS = (
    Call(n=1, at=29.0, action=READ, target=LISTENER, told=OLD),
    Call(n=2, at=31.0, action=MODIFY, target=A, value=8101, outcome="http_500", fault="http_500"),
    Call(n=3, at=37.0, action=READ, target=LISTENER, told=OLD),
    Call(n=4, at=38.0, action=MODIFY, target=A, value=8101, task="7"),
    Call(n=5, at=45.0, action=READ, target=LISTENER, told={**OLD, "cpm-a:80": 8101}),
    Call(n=6, at=55.0, action=MODIFY, target=C, value=8103, fault="lose_answer", task="8"),
)
DEEDS = (
    Deed(kind="command", user="U0ALICE", said="probe-port 1", heard=True),
    Deed(kind="change_approve", user="U0BOB", said="1.1", heard=True),
    Deed(kind="change_cancel", user="U0ALICE", said="4.1", heard=False),
    *(Deed(kind="command", user="U0ALICE", said=f"probe-port {n}", heard=True) for n in (2, 3, 4)),
    Deed(kind="change_approve", user="U0ALICE", said="1.1", heard=True),
    Deed(kind="change_reject", user="U0BOB", said="2.1", heard=True),
    Deed(kind="rejection", user="U0BOB", said="2.1", heard=True),
)


def _record() -> tuple[Linked, ...]:
    """Return three events with their hashes."""
    made: list[Linked] = []
    for number, kind in enumerate(("received.command", "change.opened", "change.approve"), start=1):
        previous = made[-1].hash if made else "0" * 64
        event = Linked(id=number * 2, at=1785402753.25 + number, change=None if number == 1 else 1, actor="U0ALICE",
                       kind=kind, facts='{"n": 1}', number=number, previous=previous, hash=None)  # fmt: skip
        made.append(replace(event, hash=sha256(line(event).encode()).hexdigest()))
    return tuple(made)


RECORD = _record()


def _card(change: Change, says: str, *purposes: str, buttons: tuple[str, ...] = ()) -> Card:
    replies = tuple(Reply(purpose=purpose, text=purpose) for purpose in purposes)
    return Card(text=f"CR-{change.id}: probe port\n{says}", replies=replies, buttons=buttons)


def _intake(key: str, kind: str, user: str, said: str, at: float) -> Intake:
    return Intake(key=key, kind=kind, user=user, said=said, finished_at=at)


def sound() -> History:
    return History(
        calls=CALLS,
        before=dict.fromkeys((A, B, C, D), 8001),
        now={A: 8101, B: 8001, C: 8103, D: 8001},
        cards=(
            _card(CHANGES[0], "✅ *Succeeded and verified*", "progress", "result"),
            _card(CHANGES[1], "🚫 *Rejected*", "result"),
            _card(CHANGES[2], "❓ *Outcome unknown*", "progress", "result", buttons=("change_check_again",)),
            _card(CHANGES[3], "↩️ *Cancelled*", "progress", "result"),
        ),
        whispers=(Whisper(user="U0ALICE", text="You asked for CR-1 yourself."),),
        changes=CHANGES,
        attempts=(
            Attempt(change=1, number=1, called_at=30.5, answer=None),
            Attempt(change=1, number=2, called_at=37.5, answer="accepted", task="7"),
            Attempt(change=3, number=1, called_at=54.0, answer="unanswered"),
        ),
        events=tuple(Event(id=n, at=at, change=c, actor=who, kind=kind) for n, (c, at, who, kind) in enumerate(STEPS)),
        record=RECORD,
        posts=(
            Post(id=1, change=1, purpose="card", wanted=4, delivered=4),
            Post(id=2, change=None, purpose="answer:key-5", user="U0ALICE", text="You asked for CR-1 yourself."),
        ),
        intake=(
            *(_intake(f"key-{n}", "command", "U0ALICE", f"probe-port {n}", 9.0 + n) for n in (1, 2, 3, 4)),
            _intake("key-5", "change_approve", "U0ALICE", "1.1", 15.0),
            _intake("key-6", "change_approve", "U0BOB", "1.1", 20.0),
            _intake("key-7", "change_reject", "U0BOB", "2.1", 20.5),
            _intake("key-8", "rejection", "U0BOB", "2.1", 21.0),
        ),
        deeds=DEEDS,
        forms=1,
    )


def _with(part: str, values: list[Any]) -> History:
    fields: dict[str, Any] = {part: tuple(values)}
    return replace(sound(), **fields)


def changed(part: str, nth: int, /, **fields: Any) -> History:  # noqa: ANN401 - any field of any part
    """Return the sound history with other ``fields`` in one element of ``part``."""
    values = list(getattr(sound(), part))
    values[nth] = replace(values[nth], **fields)
    return _with(part, values)


def without(part: str, nth: int) -> History:
    """Return the sound history without one element of ``part``."""
    values = list(getattr(sound(), part))
    del values[nth]
    return _with(part, values)


def more(part: str, *values: Any) -> History:  # noqa: ANN401 - elements of any part
    """Return the sound history with more elements in ``part``."""
    return _with(part, [*getattr(sound(), part), *values])


def event(number: int, change: int, kind: str, *, at: float = 80.0, actor: str = "countersign") -> Event:
    return Event(id=number, at=at, change=change, actor=actor, kind=kind)

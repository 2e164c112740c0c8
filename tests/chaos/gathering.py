"""Reading a round's history: from the database's tables, from Slack and from the cloud's journal."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.chaos.database import Database, Row
from tests.chaos.history import Attempt, Change, Deletion, Event, Grant, Intake, Linked, Post, Review
from tests.chaos.people import Json, People, direct, purpose
from tests.chaos.rules.states import RESTING
from tests.chaos.shown import Card, Notice, Reply, Whisper

RECORD = (
    "SELECT events.id, events.at, events.change, events.actor, events.kind, CAST(events.facts AS TEXT) AS stored, "
    "links.number, links.previous, links.hash FROM events LEFT JOIN links ON links.event = events.id ORDER BY events.id"
)


EVENTS = (
    "SELECT id, at, change, actor, kind, facts FROM events WHERE change IS NOT NULL OR kind IN "
    "('freeze.set', 'freeze.lifted', 'grant.given', 'grant.revoked') ORDER BY id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Everything in the tables that belongs to one channel."""

    changes: tuple[Change, ...]
    attempts: tuple[Attempt, ...]
    events: tuple[Event, ...]
    record: tuple[Linked, ...]
    posts: tuple[Post, ...]
    intake: tuple[Intake, ...]
    grants: tuple[Grant, ...]
    reviews: tuple[Review, ...]
    runs: tuple[str, ...]

    @property
    def are_at_rest(self) -> bool:
        """Say whether every change ended, everything was answered and delivered, and nothing runs."""
        return (
            all(change.state in RESTING for change in self.changes)
            and all(one.finished_at is not None for one in self.intake)
            and all(post.wanted == post.delivered or post.given_up for post in self.posts)
            and not self.runs
        )


def tables(database: Database, channel: str) -> Tables:
    """Read the tables, all as of one moment."""
    found = database.look(
        "SELECT * FROM changes ORDER BY id",
        "SELECT * FROM attempts ORDER BY change, number",
        EVENTS,
        "SELECT * FROM posts ORDER BY id",
        "SELECT * FROM intake ORDER BY received_at",
        "SELECT id, channel, uses, used FROM grants ORDER BY id",
        "SELECT change, signed_by FROM reviews ORDER BY change",
        database.runs,
        RECORD,
    )
    changes, attempts, events, posts, intake, grants, reviews, runs, record = found
    mine = tuple(_change(row) for row in changes if _on(row, channel))
    ids = {change.id for change in mine}
    frozen = {row["facts"]["id"] for row in events if row["kind"] == "freeze.set" and _on(row["facts"], channel)}
    return Tables(
        changes=mine,
        attempts=tuple(_attempt(row) for row in attempts if row["change"] in ids),
        events=tuple(_event(row) for row in events if row["change"] in ids or _is_ordered(row, channel, frozen)),
        record=tuple(Linked(facts=row.pop("stored"), **row) for row in record),
        posts=tuple(_post(row) for row in posts if _on(row, channel)),
        intake=tuple(_intake(row) for row in intake if row["body"].get("channel") == channel),
        grants=tuple(Grant(id=row["id"], uses=row["uses"], used=row["used"]) for row in grants if _on(row, channel)),
        reviews=tuple(Review(**row) for row in reviews if row["change"] in ids),
        runs=tuple(run for run in (str(row["workflow_uuid"]) for row in runs) if _number(run) in ids),
    )


def _number(run: str) -> int:
    return int(run.partition(".")[0].removeprefix("CR-"))


def _on(row: Row, channel: str) -> bool:
    return bool(row.get("channel") == channel)


def _is_ordered(row: Row, channel: str, frozen: set[int]) -> bool:
    """Say whether ``row`` is of a freeze or grant in ``channel``; the end of a freeze says only which of ``frozen``."""
    return _on(row["facts"], channel) or (row["kind"] == "freeze.lifted" and row["facts"]["id"] in frozen)


def _event(row: Row) -> Event:
    return Event(**{name: row[name] for name in ("id", "at", "change", "actor", "kind", "facts")})


def _change(row: Row) -> Change:
    return Change(
        id=row["id"],
        state=row["state"],
        version=row["version"],
        target=row["target"],
        value=row["operation"]["probe_port"],
        requester=row["requester"],
        intake=row["intake"],
        ending=row["ending"],
        expires_at=row["expires_at"],
    )


def _attempt(row: Row) -> Attempt:
    digits = "".join(letter for letter in row["task"] if letter.isdigit())
    names = ("change", "number", "called_at", "answer")
    return Attempt(**{name: row[name] for name in names}, task=digits)


def _post(row: Row) -> Post:
    names = ("id", "change", "purpose", "wanted", "delivered", "given_up", "user")
    return Post(**{name: row[name] for name in names}, text=row["body"].get("text", ""))


def _intake(row: Row) -> Intake:
    body = row["body"]
    return Intake(
        key=row["key"],
        kind=row["kind"],
        user=body["user"],
        said=str(body.get("text", body.get("value", ""))),
        finished_at=row["finished_at"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What Slack shows in one channel, and to people alone."""

    cards: tuple[Card, ...]
    notices: tuple[Notice, ...]
    whispers: tuple[Whisper, ...]
    forms: int


async def shown(people: People, deletions: Mapping[str, Deletion]) -> Shown:
    """Look at Slack; ``deletions`` are an administrator's, by ``ts``.

    What the bot took away itself doesn't count, nor a direct message that an earlier round brought.
    """
    state = await people.state()
    here = next(one["messages"] for one in state["channels"] if one["id"] == people.channel)
    calls = (await people.http.get(f"{people.url}/sandbox/calls")).json()
    alone = [Whisper(user=who, text=one["text"]) for who, one in direct(state) if one["ts"] not in people.read]
    plain = [one for one in here if not one["ephemeral_to"] and not one["deleted"]]
    private = [one for top in here for one in (top, *top["replies"]) if one["ephemeral_to"]]
    return Shown(
        cards=(
            *(_card(one) for one in plain if not _is_notice(one)),
            *(_thread(one, deletions[one["ts"]]) for one in here if one["ts"] in deletions),
        ),
        notices=tuple(Notice(purpose=purpose(one), text=one["text"]) for one in plain if _is_notice(one)),
        whispers=(*(Whisper(user=one["ephemeral_to"], text=one["text"]) for one in private), *alone),
        forms=sum(call["method"] == "views.open" and people.channel in str(call["args"]) for call in calls),
    )


def _is_notice(message: Json) -> bool:
    return purpose(message).startswith("notice:")


def _card(message: Json) -> Card:
    buttons = [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    return Card(text=message["text"], replies=_replies(message), buttons=tuple(buttons))


def _thread(tombstone: Json, deletion: Deletion) -> Card:
    """Return what is left of a deleted card."""
    return Card(text=f"{deletion.change}: deleted", replies=_replies(tombstone), deleted=True)


def _replies(message: Json) -> tuple[Reply, ...]:
    standing = [one for one in message["replies"] if not one["ephemeral_to"] and not one["deleted"]]
    return tuple(Reply(purpose=purpose(one), text=one["text"]) for one in standing)

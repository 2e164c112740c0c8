"""What is on record of one change, for people to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.domain.change import Move
from bot.store.book import SYSTEM, Book
from bot.store.tables import events

COUNTED = "approval.counted"
DECISIONS = (COUNTED, *(f"change.{move}" for move in (Move.APPROVE, Move.BREAK_GLASS, Move.REJECT, Move.CANCEL)))
KINDS = (
    "change.opened",
    COUNTED,
    *(f"change.{move}" for move in Move),
    "call.about_to",
    "call.answered",
    "checked_again",
    "start.due",
    "review.signed",
)
MOST = 60  # events of one story; more don't fit into a message either
LONG = frozenset({"facts", "basis", "operation"})  # what the card shows, or only an export can


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The first events of a change, oldest first, each as ``at``, ``actor``, ``kind`` and ``facts``.

    ``total`` is how many there are; ``deciders`` are the people who approved, rejected or cancelled it.
    """

    events: tuple[Mapping[str, Any], ...]
    total: int
    deciders: frozenset[str]


async def story_of(book: Book, change: int) -> Story:
    """Return what is on record of ``change``."""
    of_it = (events.c.change == change, events.c.kind.in_(KINDS))
    query = select(events.c.at, events.c.actor, events.c.kind, events.c.facts).where(*of_it).order_by(events.c.id)
    rows = (await book.connection.execute(query.limit(MOST))).all()
    total = (await book.connection.execute(select(func.count()).select_from(events).where(*of_it))).scalar_one()
    decided = select(events.c.actor).where(events.c.change == change, events.c.kind.in_(DECISIONS)).distinct()
    return Story(
        events=tuple(
            {"at": row.at, "actor": row.actor, "kind": row.kind,
             "facts": {name: value for name, value in row.facts.items() if name not in LONG}}
            for row in rows
        ),
        total=int(total),
        deciders=frozenset((await book.connection.execute(decided)).scalars()) - {SYSTEM},
    )  # fmt: skip

"""What was done with long ago and nobody asks for again.

Changes, freezes, grants, attempts and events are the record and stay for good; so do posts that Slack doesn't show,
whatever their age.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, String, and_, cast, delete, exists, func, or_, select

from bot.domain.change import OPEN, State
from bot.store.book import Book
from bot.store.outbox import Purpose
from bot.store.tables import changes, freezes, grants, intake, posts, replicas, reviews

UNENDED: Final = sorted({*OPEN, State.UNKNOWN})  # an unknown outcome's card is edited once somebody checks it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Rows of one kind. ``past`` says which may go where what is over since that moment may (seconds, epoch)."""

    name: str
    key: Column[Any]
    past: Callable[[float], ColumnElement[bool]]


def _shown(before: float) -> ColumnElement[bool]:
    """The messages of a change that ended before and waits for no review, all shown as they were wanted last."""
    ended = func.coalesce(changes.c.ended_at, changes.c.decided_at, changes.c.expires_at) <= before
    over = exists().where(changes.c.id == posts.c.change, changes.c.state.not_in(UNENDED), ended)
    sibling = posts.alias("sibling")
    lacking = exists().where(sibling.c.change == posts.c.change, sibling.c.wanted > sibling.c.delivered)
    unsigned = exists().where(reviews.c.change == posts.c.change, reviews.c.signed_at.is_(None))
    return and_(over, ~lacking, ~unsigned)


def _told(before: float) -> ColumnElement[bool]:
    """Answers to one person, asked for before and delivered or given up.

    What was told directly of a change stays with that change's own messages: it must not be told twice.
    """
    own = posts.alias("own")
    direct = cast(f"{Purpose.ANSWER}:CR-", String) + cast(own.c.change, String) + "."
    kept = exists().where(own.c.change.is_not(None), posts.c.purpose.startswith(direct))
    done = or_(posts.c.delivered >= posts.c.wanted, posts.c.given_up.is_not(None))
    return and_(posts.c.change.is_(None), posts.c.created_at <= before, done, ~kept)


def _answered(before: float) -> ColumnElement[bool]:
    """What people sent that was answered before and became neither a change nor a freeze nor a grant."""
    became = or_(*(exists().where(one.c.intake == intake.c.key) for one in (changes, freezes, grants)))
    return and_(intake.c.finished_at <= before, ~became)


def _buried(before: float) -> ColumnElement[bool]:
    """Replicas that ended before: one without a row writes as little as a buried one."""
    return replicas.c.buried_at <= before


SHELVES: Final = (
    Shelf(name="posts", key=posts.c.id, past=_shown),
    Shelf(name="answers", key=posts.c.id, past=_told),
    Shelf(name="intake", key=intake.c.key, past=_answered),
    Shelf(name="replicas", key=replicas.c.number, past=_buried),
)


async def past(book: Book, shelf: Shelf, *, before: float, most: int) -> list[Any]:
    """Return the keys of up to ``most`` rows of ``shelf`` that may go, the oldest first."""
    query = select(shelf.key).where(shelf.past(before)).order_by(shelf.key).limit(most)
    return list((await book.connection.execute(query)).scalars())


async def clear(book: Book, shelf: Shelf, keys: Collection[Any], *, before: float) -> int:
    """Delete those of ``keys`` that still may go; return how many."""
    gone = await book.connection.execute(delete(shelf.key.table).where(shelf.key.in_(keys), shelf.past(before)))
    return gone.rowcount

"""What people sent us, stored before it is acknowledged, and answered once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update

from bot.store.book import SYSTEM, Book
from bot.store.tables import intake, replicas


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a person sent. ``key`` is a digest of Slack's own id of the interaction; ``body`` holds no secret."""

    key: str
    kind: str
    body: Mapping[str, Any]
    received_at: float


async def take_in(book: Book, taken: Taken, *, replica: str | None = None) -> bool:
    """Store what a person sent, for ``replica`` to work on; False where the same was stored before."""
    known = select(intake.c.key).where(intake.c.key == taken.key)
    if (await book.connection.execute(known)).first():
        return False
    row = {"key": taken.key, "kind": taken.kind, "body": dict(taken.body), "received_at": taken.received_at}
    await book.connection.execute(insert(intake).values(**row, replica=replica))
    actor = str(taken.body.get("user", SYSTEM))
    await book.record(actor, f"received.{taken.kind}", at=taken.received_at, facts=taken.body)
    return True


async def is_open(book: Book, key: str) -> bool | None:
    """Say whether ``key`` is not answered yet; None where it was never stored."""
    query = select(intake.c.finished_at).where(intake.c.key == key)
    row = (await book.connection.execute(query)).first()
    return None if row is None else row.finished_at is None


async def is_of(book: Book, key: str, *, kind: str, user: str) -> bool:
    """Say whether ``key`` is something of that ``kind`` that ``user`` sent."""
    row = (await book.connection.execute(select(intake.c.kind, intake.c.body).where(intake.c.key == key))).first()
    return row is not None and (row.kind, row.body.get("user")) == (kind, user)


async def orphans(book: Book, replica: str | None, *, in_hand: Collection[str]) -> list[Taken]:
    """Return what was never answered and nobody works on, oldest first.

    Its replica is dead, or it is ``replica`` itself and has the key not ``in_hand``.
    """
    return await _taken(book, *_orphaned(replica, in_hand))


async def adopt(book: Book, replica: str | None, *, in_hand: Collection[str]) -> list[Taken]:
    """Let ``replica`` work on the ``orphans``; return them."""
    found = await orphans(book, replica, in_hand=in_hand)
    await book.connection.execute(update(intake).where(*_orphaned(replica, in_hand)).values(replica=replica))
    return found


def _orphaned(replica: str | None, in_hand: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    living = select(replicas.c.id).where(replicas.c.buried_at.is_(None), replicas.c.id != (replica or ""))
    nobodys = or_(intake.c.replica.is_(None), intake.c.replica.not_in(living))
    return intake.c.finished_at.is_(None), nobodys, intake.c.key.not_in(in_hand)


async def _taken(book: Book, *which: ColumnElement[bool]) -> list[Taken]:
    rows = await book.connection.execute(select(intake).where(*which).order_by(intake.c.received_at))
    return [Taken(key=r.key, kind=r.kind, body=r.body, received_at=r.received_at) for r in rows]


async def finish(book: Book, key: str, *, at: float) -> bool:
    """Mark ``key`` as answered; False where it was before."""
    done = await book.connection.execute(
        update(intake).where(intake.c.key == key, intake.c.finished_at.is_(None)).values(finished_at=at)
    )
    return done.rowcount == 1

"""What people sent us, stored before it is acknowledged, and answered once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.book import SYSTEM, Book
from bot.store.tables import intake


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a person sent. ``key`` is a digest of Slack's own id of the interaction; ``body`` holds no secret."""

    key: str
    kind: str
    body: Mapping[str, Any]
    received_at: float


async def take_in(book: Book, taken: Taken) -> bool:
    """Store what a person sent; False where the same was stored before."""
    known = select(intake.c.key).where(intake.c.key == taken.key)
    if (await book.connection.execute(known)).first():
        return False
    row = {"key": taken.key, "kind": taken.kind, "body": dict(taken.body), "received_at": taken.received_at}
    await book.connection.execute(insert(intake).values(**row))
    actor = str(taken.body.get("user", SYSTEM))
    await book.record(actor, f"received.{taken.kind}", at=taken.received_at, facts=taken.body)
    return True


async def unfinished(book: Book) -> list[Taken]:
    """Return what was stored and never answered, oldest first."""
    rows = await book.connection.execute(
        select(intake).where(intake.c.finished_at.is_(None)).order_by(intake.c.received_at)
    )
    return [Taken(key=r.key, kind=r.kind, body=r.body, received_at=r.received_at) for r in rows]


async def finish(book: Book, key: str, *, at: float) -> bool:
    """Mark ``key`` as answered; False where it was before."""
    done = await book.connection.execute(
        update(intake).where(intake.c.key == key, intake.c.finished_at.is_(None)).values(finished_at=at)
    )
    return done.rowcount == 1

"""One rate for each cloud action, over all replicas: whoever calls reserves the next free moment (PostgreSQL only)."""

from sqlalchemy import Float, case, cast, extract, func
from sqlalchemy.dialects.postgresql import insert

from bot.store.book import Book
from bot.store.tables import paces

FAR = 60.0  # seconds ahead that no queue of calls reaches: the database's clock was set back


async def reserve(book: Book, action: str, *, gap: float) -> float:
    """Reserve a moment for one call of ``action``, ``gap`` seconds behind the one before.

    Returns:
        Seconds until then, 0.0 for now.
    """
    now = cast(extract("epoch", func.clock_timestamp()), Float)
    begins = case((paces.c.next_at > now + FAR, now), else_=func.greatest(paces.c.next_at, now))
    row = insert(paces).values(action=action, next_at=now + gap)
    taken = row.on_conflict_do_update(index_elements=[paces.c.action], set_={"next_at": begins + gap})
    wait = (await book.connection.execute(taken.returning(paces.c.next_at - gap - now))).scalar_one()
    return max(0.0, float(wait))

"""One rate for each cloud action, over all replicas: whoever calls reserves the next free moment (PostgreSQL only)."""

from sqlalchemy import Float, case, cast, extract, func
from sqlalchemy.dialects.postgresql import insert

from bot.store.book import Book
from bot.store.tables import paces

# No queue of calls reaches further ahead than both, in calls and in seconds: the database's clock was set back.
FAR_CALLS = 1000
FAR_SECONDS = 60.0


async def reserve(book: Book, action: str, *, gap: float) -> float:
    """Reserve a moment for one call of ``action``, ``gap`` seconds behind the one before.

    Returns:
        Seconds until then, 0.0 for now.
    """
    now = cast(extract("epoch", func.clock_timestamp()), Float)
    far = max(FAR_SECONDS, FAR_CALLS * gap)
    begins = case((paces.c.next_at > now + far, now), else_=func.greatest(paces.c.next_at, now))
    row = insert(paces).values(action=action, next_at=now + gap)
    taken = row.on_conflict_do_update(index_elements=[paces.c.action], set_={"next_at": begins + gap})
    wait = (await book.connection.execute(taken.returning(paces.c.next_at - gap - now))).scalar_one()
    return max(0.0, float(wait))

"""The reviews: one for every emergency, since nobody looked at it before it ran."""

from sqlalchemy import insert, select

from bot.domain.change import Change
from bot.domain.review import Review
from bot.store.book import Book
from bot.store.tables import reviews


async def open_review(book: Book, change: Change, review: Review) -> Change:
    """Let ``change`` wait for its review; return it so."""
    opened = {"opened_at": review.opened_at, "use": review.use, "quota": review.quota, "period": review.period}
    await book.connection.execute(insert(reviews).values(change=change.id, **opened))
    return await book.change(change.id)


async def used_since(book: Book, moment: float) -> list[float]:
    """Return when there were emergencies since ``moment``, all people's together."""
    query = select(reviews.c.opened_at).where(reviews.c.opened_at > moment)
    return list((await book.connection.execute(query)).scalars())

"""The reviews: one for every emergency, since nobody looked at it before it ran."""

from sqlalchemy import and_, exists, func, insert, or_, select, update

from bot.domain.change import OPEN, Change
from bot.domain.review import Review
from bot.store.attempts import RUN_NUMBERS
from bot.store.book import Book
from bot.store.rows import CHANGES, change_of
from bot.store.tables import attempts, changes, reviews


async def open_review(book: Book, change: Change, review: Review) -> Change:
    """Let ``change`` wait for its review; return it so."""
    opened = {"opened_at": review.opened_at, "use": review.use, "quota": review.quota, "period": review.period}
    await book.connection.execute(insert(reviews).values(change=change.id, **opened))
    return await book.change(change.id)


async def used_since(book: Book, moment: float, *, by: str) -> list[float]:
    """Return when there were emergencies of the person ``by`` since ``moment`` that use up the quota.

    Those are each that called and each that may still call: not one that ended, or was handed to people, before any
    call was marked.
    """
    may_call = and_(changes.c.version == 1, changes.c.state.in_(sorted(OPEN)))
    called = exists().where(attempts.c.change == changes.c.id, attempts.c.number <= RUN_NUMBERS)  # of its first run
    query = select(reviews.c.opened_at).join(changes, changes.c.id == reviews.c.change)
    query = query.where(reviews.c.opened_at > moment, changes.c.requester == by, or_(may_call, called))
    return list((await book.connection.execute(query)).scalars())


async def sign(book: Book, change: Change, *, by: str, note: str, at: float) -> Change:
    """Sign the open review of ``change``; return it so."""
    signed = {"signed_at": at, "signed_by": by, "note": note}
    await book.connection.execute(update(reviews).where(reviews.c.change == change.id).values(**signed))
    await book.record(by, "review.signed", at=at, change=change.id, facts={"note": note})
    return await book.change(change.id)


async def unsigned(book: Book) -> list[Change]:
    """Return the changes whose review nobody signed yet, the oldest first."""
    query = CHANGES.where(reviews.c.signed_at.is_(None), reviews.c.change.is_not(None)).order_by(reviews.c.change)
    return [change_of(row) for row in await book.connection.execute(query)]


async def standing(book: Book) -> tuple[int, float | None]:
    """Return how many reviews nobody signed yet, and since when the oldest of them is open."""
    query = select(func.count(), func.min(reviews.c.opened_at)).where(reviews.c.signed_at.is_(None))
    row = (await book.connection.execute(query)).one()
    return row[0], row[1]

"""Messages that are to be shown anew: Slack lost one, or two stand where one should."""

from sqlalchemy import func, select, update

from bot.store.book import SYSTEM, Book
from bot.store.outbox import Post, Purpose
from bot.store.tables import posts


async def post_anew(book: Book, post: Post, *, why: str, at: float) -> None:
    """Post ``post`` as a new message: the one it was is gone."""
    await book.connection.execute(update(posts).where(posts.c.id == post.id).values(ts=None, sending_at=None))
    await book.record(SYSTEM, "post.lost", at=at, change=post.change, facts={"purpose": post.purpose, "why": why})


async def again(book: Book, post: Post, *, ts: str) -> str | None:
    """Let ``post`` be shown once more as it is wanted now; return the ``ts`` of the message that stands.

    That is ``ts`` where nobody had posted it before and nobody noted another one since.
    """
    first = {"ts": func.coalesce(posts.c.ts, ts)} if post.ts is None else {}
    await book.connection.execute(update(posts).where(posts.c.id == post.id).values(wanted=posts.c.wanted + 1, **first))
    return (await book.connection.execute(select(posts.c.ts).where(posts.c.id == post.id))).scalar()


async def card_is_gone(book: Book, change: int, *, ts: str, why: str, at: float) -> bool:
    """Want the card of ``change`` as a new message, unless another one than ``ts`` stands by now."""
    gone = await book.connection.execute(
        update(posts)
        .where(posts.c.change == change, posts.c.purpose == Purpose.CARD, posts.c.ts == ts)
        .values(ts=None, sending_at=None, wanted=posts.c.wanted + 1, given_up=None, not_before=0.0, attempts=0)
    )
    if gone.rowcount == 1:
        await book.record(SYSTEM, "post.lost", at=at, change=change, facts={"purpose": Purpose.CARD, "why": why})
    return gone.rowcount == 1

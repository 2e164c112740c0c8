"""Previews that were sent: the row of its intake is that of the change it became, and so it becomes one at most."""

from sqlalchemy import select

from bot.domain.errors import Refusal
from bot.store.book import Book
from bot.store.tables import changes


class SentAlready(Refusal):
    """What a preview showed was sent already. Facts: ``change``, which it became."""

    code = "sent_already"


async def must_not_be_sent(book: Book, preview: str) -> None:
    """Let what the intake ``preview`` showed pass once.

    Raises:
        SentAlready: it is a change already.
    """
    number = (await book.connection.execute(select(changes.c.id).where(changes.c.intake == preview))).scalar()
    if number is not None:
        raise SentAlready(change=f"CR-{number}")

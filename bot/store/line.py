"""The waiting line of a load balancer: whoever runs on it, then those approved, in the order of their approvals."""

from sqlalchemy import func, select

from bot.domain.change import Change, State
from bot.store.book import Book
from bot.store.tables import changes


async def next_turn(book: Book) -> int:
    """Return the place in the order of approvals that is free next; no two transactions get the same."""
    last = (await book.connection.execute(select(func.max(changes.c.turn)))).scalar()
    return (last or 0) + 1


async def in_line(book: Book, load_balancer: str) -> list[Change]:
    """Return who has or waits for ``load_balancer``; the first is the one that runs or may start."""
    first, then = [
        await book.find(state, load_balancer=load_balancer, in_turn=True) for state in (State.RUNNING, State.APPROVED)
    ]
    return [*first, *then]


async def ahead(book: Book, change: Change) -> list[Change]:
    """Return who must be through before ``change`` may start, the first first."""
    line = await in_line(book, change.operation.load_balancer)
    places = [one.id for one in line]
    return line[: places.index(change.id)] if change.id in places else line

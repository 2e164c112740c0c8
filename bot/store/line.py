"""The waiting line of a load balancer: whoever runs on it, then those approved, in the order of their approvals."""

from sqlalchemy import func, select, update

from bot.domain.change import Change, State
from bot.store.book import SYSTEM, Book
from bot.store.rows import CHANGES, change_of
from bot.store.tables import changes

_SCHEDULED = (changes.c.state == State.APPROVED, changes.c.turn.is_(None), changes.c.starts_at.is_not(None))


async def next_turn(book: Book) -> int:
    """Return the place in the order of approvals that is free next; no two transactions get the same."""
    last = (await book.connection.execute(select(func.max(changes.c.turn)))).scalar()
    return (last or 0) + 1


async def due(book: Book, *, at: float) -> list[Change]:
    """Return what waits for a start that has come by ``at``, the earliest first."""
    query = CHANGES.where(*_SCHEDULED, changes.c.starts_at <= at).order_by(changes.c.starts_at, changes.c.id)
    return [change_of(row) for row in await book.connection.execute(query)]


async def scheduled(book: Book) -> int:
    """Return how many approved changes wait for their start."""
    return int((await book.connection.execute(select(func.count()).where(*_SCHEDULED))).scalar_one())


async def join(book: Book, change: Change, *, at: float) -> Change:
    """Give ``change``, whose time has come, its turn, and record that."""
    turn = await next_turn(book)
    await book.connection.execute(update(changes).where(changes.c.id == change.id).values(turn=turn))
    await book.record(SYSTEM, "start.due", at=at, change=change.id, facts={"version": change.version})
    return await book.change(change.id)


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

"""Who works on this database: one row for each process, which its own beats keep alive and the others bury."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, insert, inspect, select, update

from bot.store.book import SYSTEM, Book
from bot.store.tables import replicas


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One that lives. ``number`` is the order of birth; ``beats`` grows while it is well.

    ``started_at`` is in seconds since the epoch, by its own clock.
    """

    number: int
    id: str
    beats: int
    started_at: float


async def join(book: Book, replica: str, *, at: float) -> None:
    """Add a new ``replica``; an id is never used twice."""
    await book.connection.execute(insert(replicas).values(id=replica, beats=0, started_at=at))
    await book.record(SYSTEM, "replica.joined", at=at, facts={"replica": replica})


async def lives(book: Book, replica: str) -> bool:
    """Say whether ``replica`` is here and not buried; it stays so until this transaction ends."""
    query = select(replicas.c.number).where(replicas.c.id == replica, replicas.c.buried_at.is_(None))
    return (await book.connection.execute(query)).first() is not None


def admit(connection: Connection, replica: str) -> bool:
    """Say whether ``replica`` lives, in a transaction that isn't the ledger's: nobody buries it before that ends."""
    query = select(replicas.c.number).where(replicas.c.id == replica, replicas.c.buried_at.is_(None))
    return connection.execute(query.with_for_update(read=True)).first() is not None


async def beat(book: Book, replica: str) -> None:
    """Show the others that ``replica`` is well."""
    await book.connection.execute(update(replicas).where(replicas.c.id == replica).values(beats=replicas.c.beats + 1))


async def living(book: Book) -> list[Replica]:
    """Return those that live, the oldest first: that one leads."""
    rows = await book.connection.execute(
        select(replicas).where(replicas.c.buried_at.is_(None)).order_by(replicas.c.number)
    )
    return [Replica(number=row.number, id=row.id, beats=row.beats, started_at=row.started_at) for row in rows]


async def are_kept(book: Book) -> bool:
    """Say whether the database has a place for replicas at all: the first revision hadn't."""
    return await book.run_sync(lambda connection: inspect(connection).has_table(replicas.name))


async def bury(book: Book, dead: Collection[str], *, at: float) -> None:
    """Refuse from now on whatever the replicas ``dead`` would write."""
    if dead:
        await book.connection.execute(update(replicas).where(replicas.c.id.in_(dead)).values(buried_at=at))
        await book.record(SYSTEM, "replica.buried", at=at, facts={"replicas": sorted(dead)})

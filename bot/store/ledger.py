"""The ledger: transactions on the one database, and the bell that says something is to be posted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import replicas
from bot.store.book import Book
from bot.store.chain import ChainLost
from bot.store.database import is_busy, reading
from bot.store.postgresql import surely_rolled_back

# Faults of ours, which no waiting mends; every other error is the database that is away, locked or full.
_log = structlog.get_logger(__name__)
OURS = (DataError, IntegrityError, ProgrammingError)


class NotStored(Exception):
    """The database didn't commit: nothing of the transaction happened."""


class MaybeStored(NotStored):
    """The connection broke while the database committed: all of the transaction happened, or nothing of it."""


class Busy(NotStored):
    """Another writer took longer than this one waits; nothing happened, and the database can be read."""


class Fenced(NotStored):
    """This replica was buried by the others while it stood still: what it began goes on elsewhere, and not here."""


@contextmanager
def _away() -> Iterator[None]:
    """Tell whatever the driver raises, but for faults of ours, as a database that is away."""
    try:
        yield
    except OURS:
        raise
    except ChainLost as error:
        _log.error("the table chain has lost its row: put it back from a backup")
        raise NotStored(type(error).__name__) from error
    except SQLAlchemyError as error:
        raise (Busy if is_busy(error) else NotStored)(type(error).__name__) from error


class Ledger:
    """The door to the database. After ``enlist`` every transaction that writes is the replica's, or it is refused."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.bell = asyncio.Event()
        self.replica: str | None = None

    async def enlist(self, replica: str, *, at: float) -> None:
        """Write from now on as ``replica``, a new one.

        Raises:
            NotStored: the database is away.
        """
        async with self.writing() as book:
            await replicas.join(book, replica, at=at)
        self.replica = replica

    @asynccontextmanager
    async def writing(self, *, patience: float | None = None, fenced: bool = True) -> AsyncIterator[Book]:
        """Yield a transaction that commits when the block ends well, and rings the bell then.

        ``patience``, in seconds, is how long it waits for another writer; None: as long as the engine does. Not
        ``fenced`` is for what even a buried replica must tell the others.

        Raises:
            Fenced: the replica was buried; nothing happened.
            MaybeStored: the connection broke while it committed.
            NotStored: the database is away, locked or full.
        """
        with _away():
            async with self._engine.connect() as plain:
                connection = plain if patience is None else await plain.execution_options(patience=patience)
                transaction = await connection.begin()
                try:
                    book = await self._admitted(Book(connection, writes=True), fenced=fenced)
                    yield book
                    await book.link()
                except BaseException:
                    await transaction.rollback()
                    raise
                await self._commit(connection)
        self.bell.set()

    async def _admitted(self, book: Book, *, fenced: bool) -> Book:
        if fenced and self.replica is not None and not await replicas.lives(book, self.replica):
            raise Fenced(self.replica)
        return book

    @staticmethod
    async def _commit(connection: AsyncConnection) -> None:
        try:
            await connection.commit()
        except SQLAlchemyError as error:
            # SQLite is the same process: what it doesn't acknowledge is not there.
            if connection.dialect.name == "sqlite" or surely_rolled_back(error):
                raise
            raise MaybeStored(type(error).__name__) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Book]:
        """Yield a transaction that only reads.

        Raises:
            NotStored: the database is away.
        """
        with _away():
            async with reading(self._engine) as connection:
                yield Book(connection)

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[Book]:
        """Yield a transaction that waits for no other writer: for what stands in nobody's way.

        Raises:
            NotStored: the database is away.
        """
        with _away():
            async with self._engine.connect() as plain:
                connection = await plain.execution_options(aside=True)
                async with connection.begin():
                    yield Book(connection)

    async def ping(self) -> None:
        """Read one row.

        Raises:
            NotStored: the database is away.
        """
        async with self.reading() as book:
            await book.connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Give the connections back."""
        await self._engine.dispose()

"""The ledger: transactions on the one database, and the bell that says something is to be posted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.book import Book
from bot.store.database import reading


class NotStored(Exception):
    """The database didn't commit: nothing of the transaction happened."""


class Ledger:
    """The door to the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.bell = asyncio.Event()

    @asynccontextmanager
    async def writing(self, *, patience: float | None = None) -> AsyncIterator[Book]:
        """Yield a transaction that commits when the block ends well, and rings the bell then.

        ``patience``, in seconds, is how long it waits for another writer; None: as long as the engine does.

        Raises:
            NotStored: the database is away, locked or full.
        """
        try:
            async with self._engine.connect() as plain:
                connection = plain if patience is None else await plain.execution_options(patience=patience)
                async with connection.begin():
                    yield Book(connection)
        except SQLAlchemyError as error:
            raise NotStored(type(error).__name__) from error
        self.bell.set()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Book]:
        """Yield a transaction that only reads.

        Raises:
            NotStored: the database is away.
        """
        try:
            async with reading(self._engine) as connection:
                yield Book(connection)
        except SQLAlchemyError as error:
            raise NotStored(type(error).__name__) from error

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

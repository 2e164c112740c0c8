"""The freezes that people set. One ends by itself: its row stays as it is then."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.domain.freezes import Freeze
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.tables import freezes


async def standing(book: Book, *, at: float, load_balancer: str | None = None) -> list[Freeze]:
    """Return the freezes that hold at ``at``, the oldest first; with ``load_balancer`` only the one on it."""
    query = select(freezes).where(freezes.c.lifted_at.is_(None), freezes.c.until > at).order_by(freezes.c.id)
    if load_balancer is not None:
        query = query.where(freezes.c.load_balancer == load_balancer)
    return [_freeze(row) for row in await book.connection.execute(query)]


async def put(book: Book, freeze: Mapping[str, Any], *, key: str, at: float) -> Freeze:
    """Store a freeze that the intake ``key`` asked for: ``load_balancer``, ``by``, ``channel``, ``until``, ``reason``.

    See first that none stands on the load balancer.
    """
    added = await book.connection.execute(insert(freezes).values(**freeze, intake=key, at=at).returning(freezes))
    set_ = _freeze(added.one())
    await book.record(set_.by, "freeze.set", at=at, facts={**set_.to_json(), "channel": freeze["channel"]})
    return set_


async def lift(book: Book, freeze: Freeze, *, by: str, why: str, at: float) -> None:
    """End ``freeze`` before its time."""
    lifted = {"lifted_at": at, "lifted_by": by, "lifted_why": why}
    await book.connection.execute(update(freezes).where(freezes.c.id == freeze.id).values(**lifted))
    await book.record(by, "freeze.lifted", at=at, facts={**freeze.to_json(), "why": why})


class StandingFreezes:
    """What people froze, looked up now."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def on(self, load_balancer: str, *, at: float) -> list[Freeze]:
        """Return the freezes on ``load_balancer`` that hold at ``at``.

        Raises:
            NotStored: the database is away.
        """
        async with self._ledger.reading() as book:
            return await standing(book, at=at, load_balancer=load_balancer)


def _freeze(row: Row[Any]) -> Freeze:
    return Freeze(id=row.id, load_balancer=row.load_balancer, by=row.by, until=row.until, reason=row.reason)

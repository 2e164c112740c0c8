"""What people approved in advance. A grant ends by itself: its row stays as it is then."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from bot.domain.change import Change
from bot.domain.grant import Grant, NoSuchGrant, Targets, grant_name
from bot.store.book import Book
from bot.store.tables import grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A grant that passed, about to be stored; as ``Grant``."""

    giver: str
    channel: str
    targets: Targets
    reason: str
    given_at: float
    until: float
    uses: int


async def give(book: Book, given: Given, *, key: str) -> Grant:
    """Store a grant that the intake ``key`` asked for."""
    last = (await book.connection.execute(select(func.max(grants.c.id)))).scalar()
    number = (last or 0) + 1  # without gaps, as changes are counted
    row = {
        "id": number,
        "intake": key,
        "giver": given.giver,
        "channel": given.channel,
        "verb": given.targets.verb,
        "load_balancer": given.targets.load_balancer,
        "listener": given.targets.listener,
        "backends": list(given.targets.backends),
        "reason": given.reason,
        "given_at": given.given_at,
        "until": given.until,
        "uses": given.uses,
        "used": 0,
    }
    await book.connection.execute(insert(grants).values(**row))
    grant = await read(book, number)
    await book.record(grant.giver, "grant.given", at=grant.given_at, facts=grant.to_json())
    return grant


async def read(book: Book, number: int) -> Grant:
    """Return grant ``number``.

    Raises:
        NoSuchGrant: there is none.
    """
    row = (await book.connection.execute(select(grants).where(grants.c.id == number))).first()
    if row is None:
        raise NoSuchGrant(grant=grant_name(number))
    return _grant(row)


async def active(book: Book, *, at: float, channel: str | None = None) -> list[Grant]:
    """Return the grants that changes may begin with at ``at``, oldest first; with ``channel`` only those of it."""
    query = select(grants).where(*_is_active(at)).order_by(grants.c.id)
    if channel is not None:
        query = query.where(grants.c.channel == channel)
    return [_grant(row) for row in await book.connection.execute(query)]


async def use(book: Book, grant: Grant, change: Change, *, at: float) -> Grant | None:
    """Let ``change`` begin with ``grant``; return it as it is then, or None where it is over."""
    taken = update(grants).where(grants.c.id == grant.id, *_is_active(at)).values(used=grants.c.used + 1)
    if (await book.connection.execute(taken)).rowcount != 1:
        return None
    used = await read(book, grant.id)
    facts = {"grant": used.name, "giver": used.giver, "left": used.left}
    await book.record(change.requester, "grant.used", at=at, change=change.id, facts=facts)
    return used


async def revoke(book: Book, grant: Grant, *, by: str, why: str, at: float) -> None:
    """End ``grant`` before its time."""
    revoked = {"revoked_at": at, "revoked_by": by, "revoked_why": why}
    await book.connection.execute(update(grants).where(grants.c.id == grant.id).values(**revoked))
    await book.record(by, "grant.revoked", at=at, facts={**grant.to_json(), "why": why})


def _is_active(at: float) -> tuple[ColumnElement[bool], ...]:
    return grants.c.revoked_at.is_(None), grants.c.used < grants.c.uses, grants.c.until > at


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        id=row.id,
        giver=row.giver,
        channel=row.channel,
        targets=Targets(
            verb=row.verb, load_balancer=row.load_balancer, listener=row.listener, backends=tuple(row.backends)
        ),
        reason=row.reason,
        given_at=row.given_at,
        until=row.until,
        uses=row.uses,
        used=row.used,
        revoked=row.revoked_at is not None,
    )

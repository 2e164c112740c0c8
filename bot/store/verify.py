"""Recomputing the chain of hashes from the rows that are there: the first event with which something is wrong.

Rows are read in batches by their key, so that a record of any length needs the same memory.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select

from bot.store.chain import (
    BATCH,
    Link,
    Standing,
    Stored,
    as_text,
    canonical,
    exactly,
    genesis,
    read,
    sha256,
    standing,
    stored,
)
from bot.store.explained import unexplained
from bot.store.tables import events, links

Told = Callable[[int], None]  # how many events were looked at since the last time


class Wrong(StrEnum):
    """What can be wrong."""

    NO_CHAIN = "no_chain"  # the one row of the table chain is gone
    CHANGED = "changed"  # the event, or its link, isn't what was hashed
    MISSING = "missing"  # the event, or what stood before it, is gone
    NOT_LINKED = "not_linked"  # the event has no link
    MISPLACED = "misplaced"  # the event is hashed well, but doesn't follow the one before it
    CUT_OFF = "cut_off"  # the last events are gone, this one is the first of them
    END_DIFFERS = "end_differs"  # the table chain, or a link without an event, tells of another end
    ROW_DIFFERS = (
        "row_differs"  # a row that changes (of a change, call, review, grant, freeze) says what its events don't
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """The first thing that is wrong.

    ``event`` is the id of the event where it shows; with MISSING and CUT_OFF that of the first one that is gone, None
    where nothing tells it. ``after`` is the last event before it with which all is well, 0 for none. ``row`` names
    what differs: ``CR-7 state``, ``CR-7 call 1 task``, ``G-3 used``, ``freeze 2 lifted_at``, ``chain head``.
    """

    wrong: Wrong
    event: int | None = None
    after: int = 0
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found. ``named`` is the event whose hash was asked for, None where no sound event has it.

    ``sound`` is how far everything is as it was recorded.
    """

    sound: Standing
    flaw: Flaw | None
    named: Stored | None


def linked(
    connection: Connection, *, first: int | None = None, last: int | None = None
) -> Iterator[tuple[Stored, Link | None]]:
    """Yield the events with ids from ``first`` to ``last``, each with its link, in the order of their ids."""
    query = stored(connection).add_columns(links.c.number, *exactly(connection, links.c.previous, links.c.hash))
    query = query.outerjoin_from(events, links, links.c.event == events.c.id).order_by(events.c.id).limit(BATCH)
    if last is not None:
        query = query.where(events.c.id <= last)
    batch = connection.execute(query if first is None else query.where(events.c.id >= first)).all()
    while batch:
        for row in batch:
            hashes = as_text(row.previous), as_text(row.hash)
            yield read(row), None if row.number is None else Link(row.number, row.id, *hashes)
        batch = connection.execute(query.where(events.c.id > batch[-1].id)).all()


def verify(connection: Connection, *, head: str = "", tell: Told = lambda _: None) -> Verdict:
    """Recompute the whole record in one transaction that reads; ``head`` is the hash of an event to find in it."""
    end = standing(connection)
    sound = Standing("" if end is None else end.installation, 0, 0, "" if end is None else genesis(end.installation))
    if end is None:
        return Verdict(sound=sound, flaw=Flaw(wrong=Wrong.NO_CHAIN), named=None)
    named = flaw = None
    for event, link in linked(connection):
        flaw = _flaw(connection, sound, event, link)
        if flaw is not None or link is None:
            break
        sound = Standing(end.installation, link.number, event.id, link.hash)
        named = event if link.hash == head else named
        if link.number % BATCH == 0:
            tell(BATCH)
    tell(sound.length % BATCH)
    flaw = flaw or _end(connection, sound, end) or _rows(connection)
    return Verdict(sound=sound, flaw=flaw, named=named)


def _flaw(connection: Connection, sound: Standing, event: Stored, link: Link | None) -> Flaw | None:
    if link is None:
        return Flaw(wrong=Wrong.NOT_LINKED, event=event.id, after=sound.event)
    if sha256(canonical(event, number=link.number, previous=link.previous)) != link.hash:
        return Flaw(wrong=Wrong.CHANGED, event=event.id, after=sound.event)
    if link.number > sound.length + 1:
        return _gone(connection, Wrong.MISSING, sound)
    if link.number <= sound.length or link.previous != sound.head:
        return Flaw(wrong=Wrong.MISPLACED, event=event.id, after=sound.event)
    return None


def _gone(connection: Connection, wrong: Wrong, sound: Standing) -> Flaw:
    left = connection.execute(select(links.c.event).where(links.c.number == sound.length + 1)).scalar()
    return Flaw(wrong=wrong, event=left, after=sound.event)


def _end(connection: Connection, sound: Standing, end: Standing) -> Flaw | None:
    if end.length > sound.length:
        return _gone(connection, Wrong.CUT_OFF, sound)
    differing = [name for name in ("length", "event", "head") if getattr(sound, name) != getattr(end, name)]
    if differing:
        return Flaw(wrong=Wrong.END_DIFFERS, event=sound.event, after=sound.event, row=f"chain {differing[0]}")
    if connection.execute(select(func.count()).select_from(links)).scalar_one() != sound.length:
        return Flaw(wrong=Wrong.END_DIFFERS, event=sound.event, after=sound.event, row="links")
    return None


def _rows(connection: Connection) -> Flaw | None:
    row, event = next(unexplained(connection), ("", None))
    return Flaw(wrong=Wrong.ROW_DIFFERS, event=event, after=event or 0, row=row) if row else None

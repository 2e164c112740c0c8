"""The chain of hashes over the events: each link holds the hash of an event and of everything before it.

An event's canonical form is one line of JSON, its members in alphabetical order, without spaces (docs/audit.md). Its
hash is the SHA-256 of that line's UTF-8 bytes. Links stand beside the events and not in them, so that replicas of the
version before, which know nothing of hashes, still write events while it is replaced: the next writer links theirs.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Text,
    cast,
    insert,
    inspect,
    select,
    text,
    update,
)

from bot.store.tables import chain, events, links

BATCH = 1000  # events in memory at a time
EXACTLY = "surrogateescape"  # bytes that are no UTF-8 go through a text and come out as they were
LATEST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
TABLES = (events.name, links.name)  # what is only added to
GUARD = "only_added"  # in the name of each trigger that refuses everything else
WAYS = {"update": "UPDATE", "delete": "DELETE", "replace": "INSERT"}  # to change a row; SQLite has a trigger for each
_SQLITE_GUARDS = text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND instr(name, :guard)")
_POSTGRESQL_GUARDS = text(
    "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE tgenabled IN ('O', 'A') AND position(:guard in tgname) > 0 AND pg_table_is_visible(tgrelid)"
)


class Stored(NamedTuple):
    """One event as it lies in the database; ``facts`` is the text of its JSON, ``at`` seconds since the epoch."""

    id: int
    at: float
    change: int | None
    actor: str
    kind: str
    facts: str


class Link(NamedTuple):
    """The place of one event in the chain, from 1 without gaps; both hashes are 64 hexadecimal digits."""

    number: int
    event: int
    previous: str
    hash: str


class Standing(NamedTuple):
    """How far the chain reaches: the random id of the installation, the number and event of its last link, its hash."""

    installation: str
    length: int
    event: int
    head: str


class ChainLost(Exception):
    """Somebody took away the one row of the table ``chain``; nothing can be recorded until it is put back."""


def genesis(installation: str) -> str:
    """Return what stands for the hash of the event before the first one."""
    return sha256(installation)


def sha256(line: str) -> str:
    """Return the hash of a text, 64 hexadecimal digits."""
    return hashlib.sha256(line.encode(errors=EXACTLY)).hexdigest()


def moment(at: object) -> str:
    """Return a time with all the digits that the database has, so that no two times look alike: ISO 8601, in UTC.

    What is no time of ours stands as Python writes it: nobody's row may keep others from being written.
    """
    if not isinstance(at, float) or not 0 < at < LATEST:
        return repr(at)
    seconds, _, fraction = format(Decimal(repr(at)), "f").partition(".")
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.{fraction or 0}Z"


def canonical(event: Stored, *, number: int, previous: str) -> str:
    """Return the line whose hash is the event's; ``facts`` stand in it as they lie in the database."""
    members: dict[str, object] = {"actor": event.actor, "at": moment(event.at), "change": event.change}
    after: dict[str, object] = {"id": event.id, "kind": event.kind, "number": number, "previous": previous}
    return f'{_compact(members)[:-1]},"facts":{event.facts},{_compact(after)[1:]}'


def _compact(members: dict[str, object]) -> str:
    return json.dumps(members, separators=(",", ":"), default=repr)


def exactly(connection: Connection, *columns: Column[Any]) -> list[ColumnElement[Any]]:
    """Return ``columns``, texts, as they are to be asked for so that what is no UTF-8 doesn't end a whole query."""
    raw = LargeBinary if connection.dialect.name == "sqlite" else Text
    return [cast(column, raw).label(column.name) for column in columns]


def as_text(raw: Any) -> Any:  # noqa: ANN401 - SQLite holds in any column whatever it was given
    """Return what a column holds that was asked for ``exactly``; a text comes back as it lies there."""
    return raw.decode(errors=EXACTLY) if isinstance(raw, bytes) else raw


def stored(connection: Connection) -> Select[Any]:
    """Return the query for events as ``read`` takes them."""
    texts = exactly(connection, events.c.actor, events.c.kind, events.c.facts)
    return select(events.c.id, events.c.at, events.c.change, *texts)


def read(row: Row[Any]) -> Stored:
    """Return the event that ``row``, found by ``stored``, holds."""
    return Stored(row.id, row.at, row.change, as_text(row.actor), as_text(row.kind), as_text(row.facts))


def standing(connection: Connection) -> Standing | None:
    """Return how far the chain reaches, or None where its one row is gone."""
    installation, head = exactly(connection, chain.c.installation, chain.c.head)
    row = connection.execute(select(installation, chain.c.length, chain.c.event, head)).first()
    return None if row is None else Standing(as_text(row.installation), row.length, row.event, as_text(row.head))


def is_kept(connection: Connection) -> bool:
    """Say whether the tables have a chain at all: those of the first revisions hadn't."""
    return inspect(connection).has_table(chain.name)


def extend(connection: Connection) -> int:
    """Link every event that stands behind the last link, the oldest first; return how many there were.

    Nobody else may write meanwhile: what ``Ledger.writing`` sees to.

    Raises:
        ChainLost: the row that says how far it reaches is gone.
    """
    reach = standing(connection)
    if reach is None:
        raise ChainLost
    before = reach.length
    for batch in _behind(connection, reach.event):
        made = []
        for event in batch:
            number, previous = reach.length + 1, reach.head
            head = sha256(canonical(event, number=number, previous=previous))
            reach = Standing(reach.installation, number, event.id, head)
            made.append(Link(number=number, event=event.id, previous=previous, hash=head)._asdict())
        connection.execute(insert(links), made)
    if reach.length > before:
        connection.execute(update(chain).values(length=reach.length, event=reach.event, head=reach.head))
    return reach.length - before


def _behind(connection: Connection, last: int) -> Iterator[list[Stored]]:
    query = stored(connection).order_by(events.c.id).limit(BATCH)
    while batch := [read(row) for row in connection.execute(query.where(events.c.id > last))]:
        yield batch
        last = batch[-1].id


def unguarded(connection: Connection) -> list[str]:
    """Return the tables whose rows can be changed or deleted, since the triggers that refuse it are gone."""
    is_sqlite = connection.dialect.name == "sqlite"
    query, least = (_SQLITE_GUARDS, len(WAYS)) if is_sqlite else (_POSTGRESQL_GUARDS, 1)
    found = [str(one) for one in connection.execute(query, {"guard": GUARD}).scalars()]
    return [table for table in TABLES if found.count(table) < least]

"""Whether grants and freezes say what the events lead to: for what, until when, how often used, ended by whom."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, String, Table, cast, select

from bot.domain.grant import grant_name
from bot.store.explained.row import BATCH, Differing, Expected, columns_apart, gone
from bot.store.tables import events, freezes, grants

Stories = Mapping[int, Sequence[Row[Any]]]  # the events of each, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What holds for a time once somebody began it.

    ``begun`` is the kind of the event that begins one, ``later`` are those of what became of it. Each tells in its fact
    ``naming`` which one, as ``named`` writes a number; ``shown`` is how people are told of it. ``after`` is what a row
    must say after its events.
    """

    table: Table
    begun: str
    later: tuple[str, ...]
    naming: str
    named: Callable[[int], str]
    shown: Callable[[int], str]
    after: Callable[[Sequence[Row[Any]]], Expected]


def unexplained_rows(connection: Connection, lasting: Lasting) -> Iterator[Differing]:
    """Yield each row that differs, as ``G-3 used``, with the id of the last event that explains it."""
    last = 0
    query = select(lasting.table).order_by(lasting.table.c.id).limit(BATCH)
    try:
        while batch := connection.execute(query.where(lasting.table.c.id > last)).all():
            yield from _differing(connection, lasting, batch)
            last = batch[-1].id
        yield from _gone(connection, lasting)
    except (ValueError, KeyError, TypeError, AttributeError):  # what is no JSON, or JSON of another shape
        yield f"what is behind {lasting.shown(last)}", None


def _differing(connection: Connection, lasting: Lasting, batch: Sequence[Row[Any]]) -> Iterator[Differing]:
    stories = _stories(connection, lasting, [row.id for row in batch])
    for row in batch:
        what, story = lasting.shown(row.id), stories[row.id]
        if not story or story[0].kind != lasting.begun:
            yield what, story[-1].id if story else None
        else:
            yield from ((f"{what} {column}", story[-1].id) for column in columns_apart(row, lasting.after(story)))


def _gone(connection: Connection, lasting: Lasting) -> Iterator[Differing]:
    """Yield those that were begun and have no row."""
    for numbers in gone(connection, lasting.table, lasting.begun, lambda event: int(event.facts["id"])):
        stories = _stories(connection, lasting, numbers) if numbers else {}
        yield from ((lasting.shown(number), stories[number][-1].id) for number in numbers)


def _stories(connection: Connection, lasting: Lasting, numbers: Collection[int]) -> Stories:
    names = {lasting.named(number): number for number in numbers}
    name = cast(events.c.facts[lasting.naming].as_string(), String)  # SQLite gives a number for a number
    query = select(events).where(events.c.kind.in_((lasting.begun, *lasting.later)), name.in_(names))
    told = defaultdict[int, list[Row[Any]]](list)
    for event in connection.execute(query.order_by(events.c.id)):
        told[names[str(event.facts[lasting.naming])]].append(event)
    return told


def _granted(story: Sequence[Row[Any]]) -> Expected:
    given = story[0]
    wanted: Expected = {"giver": given.actor, **given.facts["targets"], "given_at": given.at, "used": 0}
    wanted |= {name: given.facts[name] for name in ("channel", "reason", "until", "uses")}
    wanted |= {"revoked_at": None, "revoked_by": None, "revoked_why": None}
    for event in story[1:]:
        if event.kind == "grant.used":
            wanted["used"] += 1
        else:
            wanted |= {"revoked_at": event.at, "revoked_by": event.actor, "revoked_why": event.facts["why"]}
    return wanted


def _frozen(story: Sequence[Row[Any]]) -> Expected:
    put = story[0]
    wanted: Expected = {"by": put.actor, "at": put.at, "lifted_at": None, "lifted_by": None, "lifted_why": None}
    wanted |= {name: put.facts[name] for name in ("load_balancer", "channel", "reason", "until")}
    for event in story[1:]:
        wanted |= {"lifted_at": event.at, "lifted_by": event.actor, "lifted_why": event.facts["why"]}
    return wanted


GRANTS = Lasting(
    table=grants,
    begun="grant.given",
    later=("grant.used", "grant.revoked"),
    naming="grant",
    named=grant_name,
    shown=grant_name,
    after=_granted,
)
FREEZES = Lasting(
    table=freezes,
    begun="freeze.set",
    later=("freeze.lifted",),
    naming="id",
    named=str,
    shown="freeze {}".format,
    after=_frozen,
)

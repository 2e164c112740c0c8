"""The record as text for others: lines of JSON that prove themselves, or CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Connection, func, select

from bot.store.chain import Link, Stored, canonical, moment
from bot.store.tables import events
from bot.store.verify import linked

COLUMNS = ("number", "id", "at", "change", "actor", "kind", "facts", "previous", "hash")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute


class Format(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"


def export(connection: Connection, form: Format, *, since: float | None, until: float | None) -> Iterator[str]:
    """Yield the lines of an export, each with its end, of what was recorded from ``since`` on and before ``until``.

    Both are seconds since the epoch. Clocks may have jumped: from the first event of that time to the last one nothing
    is left out, so that the chain has no gap.
    """
    first = connection.execute(select(func.min(events.c.id)).where(events.c.at >= since)).scalar() if since else None
    last = connection.execute(select(func.max(events.c.id)).where(events.c.at < until)).scalar() if until else None
    if form is Format.CSV:
        yield _row(COLUMNS)
    if (since and first is None) or (until and last is None):
        return
    for event, link in linked(connection, first=first, last=last):
        link_or_none = link or Link(number=0, event=event.id, previous="", hash="")
        yield json_line(event, link_or_none) if form is Format.JSONL else csv_line(event, link_or_none)


def json_line(event: Stored, link: Link) -> str:
    """Return the canonical form of ``event`` with its hash as one more member, the last one."""
    line = canonical(event, number=link.number, previous=link.previous)
    return f'{line[:-1]},"hash":{json.dumps(link.hash)}}}\n'


def csv_line(event: Stored, link: Link) -> str:
    """Return ``event`` as a row of ``COLUMNS``; what a spreadsheet would compute begins with an apostrophe."""
    change = "" if event.change is None else f"CR-{event.change}"
    texts = (moment(event.at), change, event.actor, event.kind, event.facts, link.previous, link.hash)
    return _row((str(link.number), str(event.id), *map(_plain, texts)))


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()

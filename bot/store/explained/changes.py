"""Whether changes say what the events lead to: state, rule, who approved and decided, each call, the review."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.domain.change import IllegalMove, Move, State, after
from bot.domain.starts import Start
from bot.store.explained.row import BATCH, Differing, Expected, columns_apart, gone
from bot.store.rows import start_columns
from bot.store.tables import attempts, changes, events, reviews

_CHANGE = "change."
_OPENED = "change.opened"
_COUNTED = "approval.counted"
_DECISIONS = {Move.APPROVE, Move.BREAK_GLASS, Move.REJECT, Move.CANCEL}
_ENDS = {Move.SUCCEED, Move.FAIL, Move.LOSE_TRACK}
_ANSWER = ("answer", "task", "request_id", "code")


class NoStory(Exception):
    """The events of a change don't lead anywhere."""


def unexplained_changes(connection: Connection) -> Iterator[Differing]:
    """Yield each change that differs, as ``CR-7 state``, with the id of the last event that explains it."""
    last = 0
    query = select(changes).order_by(changes.c.id).limit(BATCH)
    try:
        while batch := connection.execute(query.where(changes.c.id > last)).all():
            yield from _differing(connection, batch)
            last = batch[-1].id
        yield from _gone(connection)
    except (ValueError, KeyError, TypeError, AttributeError):  # what is no JSON, or JSON of another shape
        yield f"a change after CR-{last}", None


def _differing(connection: Connection, batch: Sequence[Row[Any]]) -> Iterator[Differing]:
    numbers = [row.id for row in batch]
    told, made = defaultdict[int, list[Row[Any]]](list), defaultdict[int, list[Row[Any]]](list)
    for event in connection.execute(select(events).where(events.c.change.in_(numbers)).order_by(events.c.id)):
        told[event.change].append(event)
    for attempt in connection.execute(select(attempts).where(attempts.c.change.in_(numbers))):
        made[attempt.change].append(attempt)
    signed = {one.change: one for one in connection.execute(select(reviews).where(reviews.c.change.in_(numbers)))}
    for row in batch:
        story = told[row.id]
        last = story[-1].id if story else None
        try:
            wanted = _change(story)
        except (NoStory, IllegalMove):
            yield f"CR-{row.id} state", last
            continue
        if row.approvals is None and not wanted["approvals"]:  # asked for before there were rules
            del wanted["approvals"]
        yield from ((f"CR-{row.id} {column}", last) for column in columns_apart(row, wanted))
        yield from ((f"CR-{row.id} {what}", last) for what in _calls(made[row.id], story))
        yield from ((f"CR-{row.id} {what}", last) for what in _review(signed.get(row.id), story))


def _gone(connection: Connection) -> Iterator[Differing]:
    """Yield those that were opened and have no row."""
    for number in chain.from_iterable(gone(connection, changes, _OPENED, lambda event: int(event.change))):
        end = select(func.max(events.c.id)).where(events.c.change == number)
        yield f"CR-{number}", connection.execute(end).scalar()


def _change(story: Sequence[Row[Any]]) -> Expected:
    """Return what the row of a change must say after ``story``.

    Raises:
        IllegalMove: a move that the table of moves doesn't know.
        NoStory: it begins with something else than the opening.
    """
    moves = [event for event in story if event.kind.startswith(_CHANGE) or event.kind == _COUNTED]
    if not moves or moves[0].kind != _OPENED:
        raise NoStory
    opening = moves[0]
    asked = {name: opening.facts[name] for name in ("operation", "reason")}
    wanted: Expected = {"state": State.PENDING, "version": 1, "requester": opening.actor, "created_at": opening.at,
                        "facts": opening.facts["facts"], "decided_by": None, "decided_at": None, "started_at": None,
                        "ended_at": None, "ending": None, "approvals": [],
                        **_starts(opening.facts.get("start")), **asked}  # fmt: skip
    wanted |= {"rule": opening.facts["rule"]} if "rule" in opening.facts else {}
    for event in moves[1:]:
        if event.kind != _COUNTED:
            _follow(wanted, Move(event.kind.removeprefix(_CHANGE)), event)
        if "approvals" in event.facts:  # a version before rules told none
            wanted["approvals"] = event.facts["approvals"]
    return wanted


def _follow(wanted: Expected, move: Move, event: Row[Any]) -> None:
    wanted["state"] = after(wanted["state"], move)
    if "start" in event.facts:
        wanted |= _starts(event.facts["start"])
    if move in _DECISIONS:
        wanted |= {"decided_by": event.actor, "decided_at": event.at}
    elif move is Move.START:
        wanted |= {"started_at": event.at}
    elif move in _ENDS:
        wanted |= {"ended_at": event.at, "ending": event.facts["ending"]}
    elif move is Move.RENEW:
        wanted |= {"version": wanted["version"] + 1, "approvals": [], "rule": event.facts["rule"]}
    elif move is Move.ASK_AGAIN:
        wanted |= {"version": wanted["version"] + 1, "approvals": []}
        wanted |= {"decided_by": None, "decided_at": None, "started_at": None}
        for then in ("facts", "rule"):  # they are what was read then, and the event tells only what moved
            wanted.pop(then, None)


def _starts(told: Mapping[str, Any] | None) -> Expected:
    return start_columns(Start.from_json(told) if told else None)


def _review(row: Row[Any] | None, story: Sequence[Row[Any]]) -> Iterator[str]:
    wanted: Expected = {}
    for event in story:
        if event.kind == f"{_CHANGE}{Move.BREAK_GLASS}":
            use = {name: event.facts[name] for name in ("use", "quota", "period")}
            wanted = {"opened_at": event.at, **use, "signed_at": None, "signed_by": None, "note": None}
        elif event.kind == "review.signed":
            wanted |= {"signed_at": event.at, "signed_by": event.actor, "note": event.facts["note"]}
    if (row is None) != (not wanted):
        yield "review"
    elif row is not None:
        yield from (f"review {column}" for column in columns_apart(row, wanted))


def _calls(made: Sequence[Row[Any]], story: Sequence[Row[Any]]) -> Iterator[str]:
    wanted: dict[int, Expected] = {}
    for event in story:
        if event.kind == "call.about_to":
            blank: Expected = {"answered_at": None, "answer": None, "task": "", "request_id": "", "code": ""}
            wanted[event.facts["attempt"]] = {"called_at": event.at, **blank}
        elif event.kind == "call.held":  # its mark was taken back: nothing was called
            wanted.pop(event.facts["attempt"], None)
        elif event.kind == "call.answered":
            answer = {name: event.facts[name] for name in _ANSWER}
            wanted.setdefault(event.facts["attempt"], {}).update({"answered_at": event.at, **answer})
    rows = {row.number: row for row in made}
    for number in sorted(wanted.keys() | rows.keys()):
        if number not in rows or number not in wanted:
            yield f"call {number}"
        else:
            yield from (f"call {number} {column}" for column in columns_apart(rows[number], wanted[number]))

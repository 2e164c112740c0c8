"""How a change lies in its row."""

from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Row, select

from bot.domain.asks import Approval, Ruled
from bot.domain.change import UNRULED, Change, Ending, Moved, State
from bot.domain.facts import Facts
from bot.domain.operation import operation_from_json
from bot.domain.review import Review
from bot.domain.starts import Start
from bot.store.tables import changes, reviews

REVIEW = tuple(column.label(f"review_{column.name}") for column in reviews.c)
CHANGES: Final = select(changes, *REVIEW).outerjoin(reviews, reviews.c.change == changes.c.id)  # for ``change_of``
UNDER_APPROVAL = frozenset({State.APPROVED, State.RUNNING, State.SUCCEEDED, State.FAILED, State.UNKNOWN})


def moved_to_json(moved: tuple[Moved, ...]) -> list[dict[str, Any]]:
    """Return plain data for the column ``moved``."""
    return [asdict(one) for one in moved]


def start_columns(start: Start | None) -> dict[str, Any]:
    """Return plain data for the columns that hold when a change starts."""
    return {"starts_at": start.at if start else None, "window": start.window or None if start else None}


def start_facts(was: Start | None, start: Start | None) -> dict[str, Any]:
    """Return what an event tells of when a change starts: nothing where there is and was nothing to tell."""
    return {"start": start.to_json() if start else None} if was or start else {}


def change_of(row: Row[Any]) -> Change:
    """Return the change that ``row`` holds."""
    return Change(
        id=row.id,
        state=State(row.state),
        version=row.version,
        operation=operation_from_json(row.verb, row.operation),
        facts=Facts.from_json(row.facts),
        reason=row.reason,
        requester=row.requester,
        channel=row.channel,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ruled=UNRULED if row.rule is None else Ruled.from_json(row.rule),
        approvals=_approvals(row),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
        started_at=row.started_at,
        ended_at=row.ended_at,
        ending=Ending(row.ending) if row.ending else None,
        findings=row.findings,
        start=None if row.starts_at is None else Start(at=row.starts_at, window=row.window or ""),
        turn=row.turn,
        moved=tuple(Moved(**one) for one in row.moved),
        review=_review(row),
    )


def _review(row: Row[Any]) -> Review | None:
    if row.review_change is None:
        return None
    return Review(
        opened_at=row.review_opened_at,
        use=row.review_use,
        quota=row.review_quota,
        period=row.review_period,
        signed_at=row.review_signed_at,
        signed_by=row.review_signed_by,
        note=row.review_note or "",
    )


def _approvals(row: Row[Any]) -> tuple[Approval, ...]:
    """Return who approved; a version before rules noted one approver, as who decided."""
    if not row.approvals and row.decided_by and State(row.state) in UNDER_APPROVAL:
        return (Approval(person=row.decided_by, at=row.decided_at),)
    return tuple(Approval.from_json(one) for one in row.approvals or ())

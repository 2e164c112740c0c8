"""The rule of the one write: a row before each modify call; only who inserted it may call (design, section 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.domain.change import Run
from bot.store.book import SYSTEM, Book
from bot.store.tables import attempts


class Answer(StrEnum):
    """How the cloud answered one modify call."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # it did not happen
    NOT_SENT = "not_sent"  # nothing left this machine
    UNANSWERED = "unanswered"  # nobody knows yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One modify call. ``answer`` is UNANSWERED from the moment it is marked until the cloud's answer is stored."""

    number: int
    called_at: float
    answer: Answer
    task: str = ""
    request_id: str = ""
    code: str = ""


RUN_NUMBERS = 100  # numbers that one run may use


def number(run: Run, nth: int) -> int:
    """Return the number of the ``nth`` call of ``run`` (from 1), which no other run of the change uses."""
    return (run.version - 1) * RUN_NUMBERS + nth


async def mark(book: Book, change: int, number: int, *, at: float, evidence: Mapping[str, Any]) -> bool:
    """Insert the row "about to call"; False where it stands there already: then don't call.

    ``number`` is what ``number`` returns. ``evidence`` is recorded with it: what is about to be sent, and on what
    approval it rests.
    """
    known = select(attempts.c.number).where(attempts.c.change == change, attempts.c.number == number)
    if (await book.connection.execute(known)).first():
        return False
    await book.connection.execute(insert(attempts).values(change=change, number=number, called_at=at))
    await book.record(SYSTEM, "call.about_to", at=at, change=change, facts={"attempt": number, **evidence})
    return True


async def take_back(book: Book, change: int, number: int, *, at: float) -> None:
    """Take the mark ``number`` back, by who made it and knows that nothing was called; twice does no harm."""
    mine = attempts.c.change == change, attempts.c.number == number, attempts.c.answered_at.is_(None)
    if (await book.connection.execute(delete(attempts).where(*mine))).rowcount == 1:
        await book.record(SYSTEM, "call.held", at=at, change=change, facts={"attempt": number})


async def answered(book: Book, change: int, attempt: Attempt, *, at: float) -> None:
    """Store how the cloud answered ``attempt``, once: who doesn't know whether it was stored may do so again."""
    facts = {"answer": attempt.answer, "task": attempt.task, "request_id": attempt.request_id, "code": attempt.code}
    done = await book.connection.execute(
        update(attempts)
        .where(attempts.c.change == change, attempts.c.number == attempt.number, attempts.c.answered_at.is_(None))
        .values(answered_at=at, **facts)
    )
    if done.rowcount == 1:
        await book.record(SYSTEM, "call.answered", at=at, change=change, facts={"attempt": attempt.number, **facts})


async def made(book: Book, change: int) -> list[Attempt]:
    """Return the attempts of ``change``, first first."""
    rows = await book.connection.execute(
        select(attempts).where(attempts.c.change == change).order_by(attempts.c.number)
    )
    return [
        Attempt(
            number=row.number,
            called_at=row.called_at,
            answer=Answer(row.answer) if row.answer else Answer.UNANSWERED,
            task=row.task,
            request_id=row.request_id,
            code=row.code,
        )
        for row in rows
    ]

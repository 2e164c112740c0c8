"""What the thread and the card shall say, written with the state that they show."""

from collections.abc import Mapping
from typing import Any

import structlog

from bot.domain.change import Change, Ending, Move, Moved, State
from bot.store import attempts, line, outbox
from bot.store.book import SYSTEM, Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.rows import moved_to_json

_log = structlog.get_logger(__name__)
_MOVES = {
    Ending.VERIFIED: Move.SUCCEED,
    Ending.VERIFIED_BY_READING: Move.SUCCEED,
    Ending.TASK_ALONE: Move.SUCCEED,
    Ending.FAILED_YET_APPLIED: Move.SUCCEED,
    Ending.TASK_STUCK: Move.LOSE_TRACK,
    Ending.UNREADABLE: Move.LOSE_TRACK,
    Ending.UNSETTLED: Move.LOSE_TRACK,
}  # every other ending is a failure


async def progress(book: Book, change: Change, step: str, *, at: float, **facts: object) -> None:
    """Show ``step`` in the one progress line, and record it when it begins."""
    before = await outbox.body(book, change.id, Purpose.PROGRESS)
    if step == "waiting" and before is not None and {**before, **facts} == before and before["step"] == step:
        return  # the line says so already, and has no time to tell
    await outbox.want(book, change, Purpose.PROGRESS, at=at, body={"step": step, "at": at, **facts})
    if before is None or before["step"] != step:
        _log.info("step", change=change.name, step=step, **facts)
        await book.record(SYSTEM, f"step.{step}", at=at, change=change.id, facts=facts)


async def line_up(book: Book, load_balancer: str, *, at: float) -> None:
    """Let every approved change on ``load_balancer`` say for which one it waits, and at which place."""
    queue = await line.in_line(book, load_balancer)
    for place, waiting in enumerate(queue[1:], start=1):
        await progress(book, waiting, "waiting", at=at, behind=queue[0].name, load_balancer=load_balancer, place=place)


async def tell_moved(book: Book, change: Change, again: Change, moved: tuple[Moved, ...], *, at: float) -> None:
    """Tell who approved ``change`` that people are asked ``again``, and what ``moved``."""
    body = {"approvers": list(change.approvers), "moved": moved_to_json(moved)}
    await outbox.want(book, again, f"{Purpose.MOVED}:{again.version}", at=at, body=body)


async def tell_result(book: Book, change: Change, *, at: float, **body: object) -> None:
    """Tell how ``change`` ended, with the hash that stands for everything recorded up to now."""
    await outbox.want(book, change, Purpose.RESULT, at=at, body={**body, "head": await book.head()})


async def cancel(book: Book, change: Change, *, actor: str, at: float, why: str = "") -> None:
    """Take ``change`` back: its state, its card, and once it was approved the result, too.

    The progress line says so where it waited its turn.
    """
    columns = {"decided_by": actor, "decided_at": at}
    facts = {"version": change.version, **({"why": why} if why else {})}
    cancelled = await book.move(change, Move.CANCEL, actor=actor, at=at, columns=columns, facts=facts)
    await outbox.want(book, cancelled, Purpose.CARD, at=at)
    if change.state is State.APPROVED:  # who approved it counts on its result
        await tell_result(book, cancelled, at=at, approvers=list(change.approvers))
        if await outbox.body(book, change.id, Purpose.PROGRESS) is not None:
            await progress(book, cancelled, "cancelled", at=at)
        await line_up(book, change.operation.load_balancer, at=at)


async def end(ledger: Ledger, number: int, ending: Ending, findings: Mapping[str, Any], *, at: float) -> None:
    """End the run of change ``number`` in a transaction of its own, if it still runs."""
    async with ledger.writing() as book:
        change = await book.change(number)
        if change.state is State.RUNNING:
            await finish(book, change, ending, findings, at=at)


async def finish(
    book: Book, change: Change, ending: Ending, findings: Mapping[str, Any], *, at: float, actor: str = SYSTEM
) -> Change:
    """End ``change``: its state, its card, its progress line and the one result reply."""
    made = await attempts.made(book, change.id)
    last = made[-1] if made else None
    told = {
        "task": last.task if last else "",
        "request_id": last.request_id if last else "",
        "code": last.code if last else "",
        "attempts": len(made),
        **change.findings,
        **findings,
    }
    columns = {"ending": ending, "findings": told, "ended_at": at}
    move = _MOVES.get(ending, Move.FAIL)
    ended = await book.move(change, move, actor=actor, at=at, columns=columns, facts={"ending": ending, **told})
    _log.info("ended", change=ended.name, ending=ending, state=ended.state, request_id=told["request_id"])
    await outbox.want(book, ended, Purpose.CARD, at=at)
    await outbox.want(book, ended, Purpose.PROGRESS, at=at, body={"step": "ended", "at": at})
    await tell_result(book, ended, at=at)
    return ended

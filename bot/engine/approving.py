"""What comes of an approval: it is counted, or it is the last one and the change runs in its turn."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Protocol

from bot.domain.approval import basis, digest
from bot.domain.asks import Approval
from bot.domain.change import Change, Move
from bot.domain.policy import tally_of
from bot.engine.ruling import Ruling
from bot.engine.telling import line_up
from bot.store import line, outbox
from bot.store.book import Book
from bot.store.outbox import Purpose
from bot.store.rows import start_columns, start_facts


class Enqueue(Protocol):
    """Queue the run of a change inside the caller's transaction."""

    async def __call__(self, book: Book, change: Change) -> None:
        """Queue it; nothing runs unless the transaction commits."""


class Approving:
    """Stores approvals, however they were given."""

    def __init__(self, ruling: Ruling, enqueue: Enqueue) -> None:
        self._ruling = ruling
        self._enqueue = enqueue

    async def count(self, book: Book, change: Change, approvals: tuple[Approval, ...], *, at: float) -> Change:
        """Store who approved ``change``, the newest last; where nothing more is missing, also queue its run.

        What starts later is not enqueued (``bot.engine.starting``); where its window shut meanwhile, it opens next.

        Raises:
            Refusal: the policy has no such window any more, or it doesn't open soon enough.
        """
        if tally_of(replace(change, approvals=approvals)).complete:
            return await self._approved(book, change, approvals, at=at)
        counted = await book.count_approvals(change, approvals, at=at)
        await outbox.want(book, counted, Purpose.CARD, at=at)
        return counted

    async def break_glass(self, book: Book, change: Change, by: Approval, use: Mapping[str, Any]) -> Change:
        """Approve ``change`` in the name of its requester alone, and queue its run; ``use`` is recorded with it."""
        return await self._approved(book, change, (by,), at=by.at, move=Move.BREAK_GLASS, more=use)

    async def _approved(
        self,
        book: Book,
        change: Change,
        approvals: tuple[Approval, ...],
        *,
        at: float,
        move: Move = Move.APPROVE,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> Change:
        last, start = approvals[-1].person, self._ruling.start(change.start, now=at)
        waits = start is not None and start.at > at
        columns: dict[str, Any] = {
            "decided_by": last,
            "decided_at": at,
            "turn": None if waits else await line.next_turn(book),
            "approvals": [one.to_json() for one in approvals],
            **start_columns(start),
        }
        rests_on = basis(replace(change, start=start))
        facts = {
            "version": change.version,
            "approvals": columns["approvals"],
            "digest": digest(rests_on),
            "basis": rests_on,
            **start_facts(change.start, start),
            **more,
        }
        approved = await book.move(change, move, actor=last, at=at, columns=columns, facts=facts)
        await outbox.want(book, approved, Purpose.CARD, at=at)
        if not waits:
            await self._enqueue(book, approved)
            await line_up(book, approved.operation.load_balancer, at=at)
        return approved

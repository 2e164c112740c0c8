"""One transaction on the ledger: what it reads holds until it commits.

Every method that changes state writes the event row that explains it in the same transaction.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.approval import basis, digest
from bot.domain.asks import Approval, Ruled
from bot.domain.change import OPEN, Change, Move, State, after
from bot.domain.errors import Refusal
from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.starts import Start
from bot.store import chain
from bot.store.rows import CHANGES, change_of, start_columns
from bot.store.tables import changes, events

_log = structlog.get_logger(__name__)
T = TypeVar("T")
SYSTEM = "countersign"  # the actor of what no person did


class AlreadyOpen(Refusal):
    """Another change on the same backend is open. Facts: ``change``, ``state``, ``requester``."""

    code = "already_open"


class NoSuchChange(Refusal):
    """Facts: ``change``."""

    code = "no_such_change"


class BalancerBusy(Exception):
    """Another change runs on the load balancer; ``holder`` is its id, where it is still known."""

    def __init__(self, holder: int | None) -> None:
        super().__init__(holder)
        self.holder = holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A validated request, about to become a change."""

    operation: Operation
    facts: Facts
    ruled: Ruled
    reason: str
    requester: str
    channel: str
    created_at: float
    expires_at: float
    start: Start | None = None


class Book:
    """One open transaction; one that ``writes`` is alone, and only such a one records events.

    ``chained`` says that the tables have a chain of hashes: those of an older version hadn't.
    """

    def __init__(self, connection: AsyncConnection, *, writes: bool = False) -> None:
        self.connection = connection
        self.chained = True
        self._writes = writes
        self._recorded = 0

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` with this transaction's synchronous connection."""
        return await self.connection.run_sync(work)

    async def record(
        self, actor: str, kind: str, *, at: float, change: int | None = None, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Append one event; ``facts`` must be plain data without secrets."""
        if not self._writes:
            msg = "an event is recorded by a transaction that writes"
            raise RuntimeError(msg)
        plain = json.loads(json.dumps(facts or {}, default=str))
        await self.connection.execute(insert(events).values(at=at, change=change, actor=actor, kind=kind, facts=plain))
        self._recorded += 1

    async def link(self) -> None:
        """Link what was recorded to the chain of hashes, and what a version without one recorded before it."""
        if self._recorded and self.chained:
            self._recorded -= await self.run_sync(chain.extend)
            if self._recorded < 0:
                _log.warning("events without a hash were linked", count=-self._recorded)
        self._recorded = 0

    async def head(self) -> str:
        """Return the hash of the last event there is, which stands for all of them; 64 hexadecimal digits."""
        await self.link()
        standing = await self.run_sync(chain.standing)
        return standing.head if standing else ""

    async def open_change(self, asked: Asked, *, key: str) -> Change:
        """Store a new PENDING change, asked for by the intake ``key``.

        Raises:
            AlreadyOpen: another change on the same backend is open.
        """
        operation = asked.operation
        await self.must_be_free(operation.target)
        last = (await self.connection.execute(select(func.max(changes.c.id)))).scalar()
        row: dict[str, Any] = {
            "id": (last or 0) + 1,  # without gaps: PostgreSQL's own numbers have one for each transaction rolled back
            "intake": key,
            "state": State.PENDING,
            "version": 1,
            "verb": operation.description.verb,
            "operation": operation.to_json(),
            "facts": asked.facts.to_json(),
            "rule": asked.ruled.to_json(),
            "approvals": [],
            "load_balancer": operation.load_balancer,
            "target": operation.target,
            "reason": asked.reason,
            "requester": asked.requester,
            "channel": asked.channel,
            "created_at": asked.created_at,
            "expires_at": asked.expires_at,
            **start_columns(asked.start),
            "findings": {},
            "moved": [],
        }
        await self.connection.execute(insert(changes).values(**row))
        change = await self.change(row["id"])
        facts = {"operation": row["operation"], "facts": row["facts"], "reason": asked.reason, "rule": row["rule"]}
        facts |= {"start": asked.start.to_json()} if asked.start else {}
        await self.record(asked.requester, "change.opened", at=asked.created_at, change=change.id, facts=facts)
        return change

    async def change(self, number: int) -> Change:
        """Return change ``number``.

        Raises:
            NoSuchChange: there is none.
        """
        row = (await self.connection.execute(CHANGES.where(changes.c.id == number))).first()
        if row is None:
            raise NoSuchChange(change=f"CR-{number}")
        return change_of(row)

    async def find(
        self,
        *states: State,
        expired_at: float | None = None,
        load_balancer: str | None = None,
        in_turn: bool = False,
    ) -> list[Change]:
        """Return the changes in ``states``, oldest first, or ``in_turn``: in the order of their approvals.

        What a version without turns approved goes first; what waits for its start has no turn, and is left out. With
        ``expired_at`` only those whose time was up by then, with ``load_balancer`` only those on it.
        """
        query = CHANGES.where(changes.c.state.in_(states))
        if in_turn:
            query = query.where(or_(changes.c.turn.is_not(None), changes.c.starts_at.is_(None)))
            query = query.order_by(changes.c.turn.nulls_first())
        query = query.order_by(changes.c.id)
        if load_balancer is not None:
            query = query.where(changes.c.load_balancer == load_balancer)
        if expired_at is not None:
            query = query.where(changes.c.expires_at <= expired_at)
        return [change_of(row) for row in await self.connection.execute(query)]

    async def count(self) -> dict[str, int]:
        """Return how many changes stand in each state."""
        rows = await self.connection.execute(select(changes.c.state, func.count()).group_by(changes.c.state))
        return {row[0]: row[1] for row in rows}

    async def move(
        self,
        change: Change,
        move: Move,
        *,
        actor: str,
        at: float,
        columns: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Change:
        """Move ``change`` as the table of moves says, set ``columns`` with it, and record it.

        Raises:
            IllegalMove: the table doesn't know the move; nothing is changed.
            BalancerBusy: the move starts a run while another holds the load balancer; nothing is changed.
        """
        state = after(change.state, move)
        matching = (changes.c.id == change.id, changes.c.state == change.state, changes.c.version == change.version)
        try:
            async with self.connection.begin_nested():
                done = await self.connection.execute(
                    update(changes).where(*matching).values(state=state, **(columns or {}))
                )
        except IntegrityError as error:
            raise BalancerBusy(await self._holder(change)) from error
        if done.rowcount != 1:  # cannot be: the transaction holds the write lock since before it read
            raise NoSuchChange(change=change.name)
        await self.record(actor, f"change.{move}", at=at, change=change.id, facts=facts)
        return await self.change(change.id)

    async def count_approvals(self, change: Change, approvals: tuple[Approval, ...], *, at: float) -> Change:
        """Store who approved a change that needs more approvals than these, the newest last."""
        counted = [one.to_json() for one in approvals]
        await self.connection.execute(update(changes).where(changes.c.id == change.id).values(approvals=counted))
        facts = {"version": change.version, "approvals": counted, "digest": digest(basis(change))}
        await self.record(approvals[-1].person, "approval.counted", at=at, change=change.id, facts=facts)
        return await self.change(change.id)

    async def set_findings(self, number: int, findings: Mapping[str, Any]) -> None:
        """Add to what a run found out so far."""
        change = await self.change(number)
        await self.connection.execute(
            update(changes).where(changes.c.id == number).values(findings={**change.findings, **findings})
        )

    async def must_be_free(self, target: str) -> None:
        """Let a change of the backend ``target`` pass only where no other one is open.

        Raises:
            AlreadyOpen: another one is.
        """
        query = select(changes).where(changes.c.target == target, changes.c.state.in_(sorted(OPEN)))
        holder = (await self.connection.execute(query)).first()
        if holder:
            raise AlreadyOpen(change=f"CR-{holder.id}", state=holder.state, requester=holder.requester)

    async def _holder(self, change: Change) -> int | None:
        query = select(changes.c.id).where(
            changes.c.load_balancer == change.operation.load_balancer, changes.c.state == State.RUNNING
        )
        return (await self.connection.execute(query)).scalar()

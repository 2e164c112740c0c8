"""One modify call: marked before, its answer stored after, its mark taken back where this process itself held it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.domain.approval import basis, digest
from bot.domain.change import Change, Run, State
from bot.domain.errors import CallHeld, CallNotSent, CallRefused, CloudError
from bot.domain.freezes import Freeze, keys
from bot.engine.limits import Limits
from bot.engine.ports import Clock, Cloud
from bot.engine.standing import Place
from bot.engine.telling import progress
from bot.store import attempts, freezes, outbox
from bot.store.attempts import Answer, Attempt
from bot.store.book import Book
from bot.store.ledger import Fenced, Ledger, NotStored
from bot.store.outbox import Purpose

STOPPED = "stopped"  # the run is not to go on: it ended, or people are asked again
HELD = "held"  # nothing was called, since our own database is too slow to say who may act
FROZEN = "frozen"  # nothing was called, since the load balancer was frozen behind the guard's back
_log = structlog.get_logger(__name__)


class Calling:
    """The rule of the one write, in use."""

    def __init__(self, ledger: Ledger, cloud: Cloud, clock: Clock, place: Place, limits: Limits) -> None:
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._place = place
        self._limits = limits

    async def once(self, run: Run, change: Change, number: int, despite: Sequence[Freeze]) -> str:
        """Mark and make the call ``number`` of ``run``; return its ``Answer``, ``STOPPED``, ``HELD`` or ``FROZEN``.

        ``despite`` are the freezes that hold and don't stop it: approved under, or gone through by an emergency.
        """
        await self._place.assure()
        now = self._clock.now()
        async with self._ledger.writing() as book:
            current = await book.change(run.change)  # once more: the same run may have been told twice at a time
            if current.run != run or current.state is not State.RUNNING:
                return STOPPED
            if await self._is_frozen_since(book, change, despite, now):
                return FROZEN
            evidence = {**self._evidence(change), **_overrides(change, despite)}
            if not await attempts.mark(book, run.change, number, at=now, evidence=evidence):
                return Answer.UNANSWERED
            await self._tell_overridden(book, change, despite, now)
            await progress(book, change, "calling", at=now)
        answered = await self._made(change, number, now)
        if answered is None:
            await self._kept(change, lambda book: self._take_back(book, change, number))
            return HELD
        told = {"answer": answered.answer, "task": answered.task, "code": answered.code}
        _log.info("called", change=change.name, attempt=number, request_id=answered.request_id, **told)
        await self._kept(change, lambda book: attempts.answered(book, change.id, answered, at=self._clock.now()))
        return answered.answer

    async def _made(self, change: Change, attempt: int, called_at: float) -> Attempt | None:
        """Make the call, unless this process has to hold it: None."""
        try:
            await self._place.assure()  # writing the mark may have taken long
            receipt = await self._cloud.modify(change.operation, change.operation.bind_type(change.facts))
        except Fenced:
            raise
        except (NotStored, CallHeld) as held:  # whose turn it is to call, or whether we may, could not be told
            _log.warning("the call is held: the database is away or slow", change=change.name, why=str(held))
            return None
        except CloudError as error:
            if isinstance(error, CallRefused):
                answer = Answer.REFUSED
            else:
                answer = Answer.NOT_SENT if isinstance(error, CallNotSent) else Answer.UNANSWERED
            return Attempt(
                number=attempt, called_at=called_at, answer=answer, request_id=error.request_id, code=error.code
            )
        return Attempt(
            number=attempt,
            called_at=called_at,
            answer=Answer.ACCEPTED,
            task=receipt.task,
            request_id=receipt.request_id,
        )

    @staticmethod
    async def _is_frozen_since(book: Book, change: Change, despite: Sequence[Freeze], now: float) -> bool:
        """Say whether somebody set a freeze behind the guard's back: from here on none can, before the mark."""
        standing = await freezes.standing(book, at=now, load_balancer=change.operation.load_balancer)
        return not keys(standing) <= keys(despite)

    @staticmethod
    async def _tell_overridden(book: Book, change: Change, despite: Sequence[Freeze], now: float) -> None:
        """Let the card of an emergency say through which freezes it goes that were set after it was opened."""
        if change.is_emergency and not keys(despite) <= keys(change.ruled.frozen):
            await book.set_findings(change.id, _overrides(change, despite))
            await outbox.want(book, change, Purpose.CARD, at=now)

    def _evidence(self, change: Change) -> Mapping[str, Any]:
        request = self._cloud.request(change.operation, change.operation.bind_type(change.facts))
        return {"request": request, "digest": digest(basis(change))}

    async def _take_back(self, book: Book, change: Change, number: int) -> None:
        now = self._clock.now()
        await attempts.take_back(book, change.id, number, at=now)
        await progress(book, change, "held", at=now)

    async def _kept(self, change: Change, store: Callable[[Book], Awaitable[None]]) -> None:
        """Store what became of the call; it is known nowhere else, so it is kept while the database is away."""
        while True:
            try:
                async with self._ledger.writing() as book:
                    await store(book)
            except Fenced:
                raise
            except NotStored:
                _log.warning("what became of the call waits for the database", change=change.name)
                await self._clock.sleep(self._limits.turn)
            else:
                return


def _overrides(change: Change, despite: Sequence[Freeze]) -> dict[str, Any]:
    """Return what the record says of the freezes that an emergency goes through."""
    return {"overrides": [one.to_json() for one in despite]} if change.is_emergency and despite else {}

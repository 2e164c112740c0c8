"""Giving what waits for its start its turn, once its time has come."""

from bot.domain.change import Change
from bot.engine.approving import Enqueue
from bot.engine.ports import Clock
from bot.engine.telling import line_up
from bot.store import line, outbox
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose


class Starting:
    """Begins what is due. The run itself looks once more whether it may begin now: this can come late."""

    def __init__(self, ledger: Ledger, clock: Clock, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._clock = clock
        self._enqueue = enqueue

    async def begin_due(self) -> None:
        """Put into line what is due, the earliest first; harmless when two sweeps meet."""
        now = self._clock.now()
        async with self._ledger.reading() as book:
            due = await line.due(book, at=now)
        for change in due:
            async with self._ledger.writing() as book:
                current = await book.change(change.id)
                if current == change:
                    await self._begin(book, current, at=now)

    async def _begin(self, book: Book, change: Change, *, at: float) -> None:
        begun = await line.join(book, change, at=at)
        await outbox.want(book, begun, Purpose.CARD, at=at)
        await self._enqueue(book, begun)
        await line_up(book, begun.operation.load_balancer, at=at)

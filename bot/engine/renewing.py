"""Renewing a card that waits: people are asked again, and nothing counts on the new one until they approve that."""

import structlog

from bot.domain.asks import Ruled
from bot.domain.change import Change, Move, Moved, State
from bot.domain.errors import Refusal
from bot.domain.freezes import keys
from bot.domain.starts import begins_at, expires_at
from bot.engine.comparing import reasons
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.engine.telling import tell_moved
from bot.store import outbox
from bot.store.book import SYSTEM, Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.rows import start_columns, start_facts

_log = structlog.get_logger(__name__)


class Renewing:
    """Renews cards under the rule and the freezes of now."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling

    async def renew(self, book: Book, change: Change, ruled: Ruled, *, at: float) -> Change:
        """Ask people again about ``change``, under ``ruled``; return it as it is then.

        Raises:
            Refusal: the policy has no such window any more, or it doesn't open soon enough.
        """
        start = self._ruling.start(change.start, now=at)
        columns = {
            "version": change.version + 1,
            "rule": ruled.to_json(),
            "approvals": [],
            "expires_at": expires_at(start, now=at, expires_after=ruled.asks.expires_after),
            **start_columns(start),
        }
        facts = {"was": change.ruled.name, "rule": ruled.to_json(), **start_facts(change.start, start)}
        renewed = await book.move(change, Move.RENEW, actor=SYSTEM, at=at, columns=columns, facts=facts)
        await outbox.want(book, renewed, Purpose.CARD, at=at)
        return renewed

    async def thaw(self) -> None:
        """Renew what waits under a freeze that is over, and tell who approved it; harmless when two sweeps meet.

        What may be asked no more, or of which the chat doesn't tell, waits as it is: a click on it says why.
        """
        async with self._ledger.reading() as book:
            waiting = [one for one in await book.find(State.PENDING) if one.ruled.frozen]
        for change in waiting:
            try:
                ruled = await self._thawed(change)
                if ruled is not None:
                    await self._renew_thawed(change, ruled)
            except Refusal as no:
                _log.info("a card goes on naming a freeze that is over", change=change.name, refusal=no.code)

    async def _thawed(self, change: Change) -> Ruled | None:
        """Return the rule that applies now, None where all that froze ``change`` still does."""
        now = self._clock.now()
        at = begins_at(self._ruling.start(change.start, now=now), now)
        if keys(change.ruled.frozen) <= keys(await self._ruling.frozen(change.operation.load_balancer, at=at)):
            return None
        return await self._ruling.now(change, change.facts, at=at)

    async def _renew_thawed(self, change: Change, ruled: Ruled) -> None:
        now = self._clock.now()
        async with self._ledger.writing() as book:
            current = await book.change(change.id)
            if current != change or now >= change.expires_at:
                return
            renewed = await self.renew(book, change, ruled, at=now)
            if change.approvals:
                moved = (Moved(fact="freeze", was=reasons(change.ruled), now=reasons(ruled)),)
                await tell_moved(book, change, renewed, moved, at=now)

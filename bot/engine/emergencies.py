"""Breaking the glass: a change that its requester runs alone, and that somebody reviews afterwards."""

from bot.domain.asks import Approval
from bot.domain.change import Change
from bot.domain.operation import Operation
from bot.domain.policy import must_be_left
from bot.domain.review import Review
from bot.engine.approving import Approving, Enqueue
from bot.engine.changes import possible
from bot.engine.ports import Clock, Cloud
from bot.engine.ruling import Ruling
from bot.store import intake, reviews
from bot.store.book import Asked
from bot.store.ledger import Ledger


class Emergencies:
    """The door for what can't wait for a second person."""

    def __init__(self, ledger: Ledger, cloud: Cloud, clock: Clock, ruling: Ruling, enqueue: Enqueue) -> None:
        self._ledger = ledger
        self._cloud = cloud
        self._clock = clock
        self._ruling = ruling
        self._approving = Approving(ruling, enqueue)

    async def open(self, operation: Operation, reason: str, *, requester: str, channel: str, key: str) -> Change | None:
        """Check ``operation`` against the live load balancer and let it run, in its turn, without asking anybody.

        It opens as approved by ``requester``, with its run, its card and its review, in one transaction. Returns None
        where the intake ``key`` was answered before.

        Raises:
            Refusal: the change can't be, this person may not, or it was done too often; nothing is stored.
            CloudError: the cloud could not be read.
        """
        facts = await possible(self._cloud, operation, needs_health_check=self._ruling.policy.needs_health_check)
        now = self._clock.now()
        emergency, ruled, groups = await self._ruling.emergency(
            operation, facts, reason, requester=requester, channel=channel, at=now
        )
        asked = Asked(
            operation=operation,
            facts=facts,
            ruled=ruled,
            reason=reason,
            requester=requester,
            channel=channel,
            created_at=now,
            expires_at=now + ruled.asks.expires_after,
        )
        async with self._ledger.writing() as book:
            if not await intake.finish(book, key, at=now):
                return None
            used = await reviews.used_since(book, now - emergency.period, by=requester)
            use = must_be_left(emergency, used, now=now)
            change = await book.open_change(asked, key=key)
            by = Approval(person=requester, at=now, groups=groups)
            review = Review(opened_at=now, use=use, quota=emergency.quota, period=emergency.period)
            told = {"use": use, "quota": emergency.quota, "period": emergency.period}
            change = await self._approving.break_glass(book, change, by, told)
            return await reviews.open_review(book, change, review)

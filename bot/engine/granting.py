"""Approving in advance, and taking that back: each is one transaction that also finishes the intake row it answers."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.asks import names
from bot.domain.grant import Grant, GrantOver, NotYourGrant, Targets
from bot.domain.policy import MayNotGrant, NoGrants, must_be_grantable
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.store import grants, intake, outbox
from bot.store.book import Book
from bot.store.grants import Given
from bot.store.ledger import Ledger

Told = Callable[[Grant], str]  # what the channel is told of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants: who (``by``), in which channel, why, since when (seconds, epoch), as which intake row."""

    by: str
    channel: str
    reason: str
    since: float
    key: str


class Granting:
    """The door to every grant."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling

    async def give(self, order: Order, targets: Targets, *, lasts: float, uses: int, told: Told) -> None:
        """Approve in advance, for ``lasts`` seconds since it was ordered and ``uses`` changes, and tell the channel.

        Raises:
            Refusal: this person may not, or not for so long or so many, or the chat didn't tell who this is.
        """
        policy = self._ruling.policy.grants
        if policy is None:
            raise NoGrants
        await self._must_be_member(order.by, policy.by)
        asker = await self._ruling.granter(order.by, order.channel)
        must_be_grantable(policy, asker, lasts=lasts, uses=uses)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, order.key, at=now):
                return
            given = Given(
                giver=order.by,
                channel=order.channel,
                targets=targets,
                reason=order.reason,
                given_at=now,
                until=order.since + lasts,
                uses=uses,
            )
            grant = await grants.give(book, given, key=order.key)
            await self._tell(book, order, order.channel, told(grant), now)

    async def revoke(self, order: Order, number: int, *, told: Told) -> None:
        """End a grant before its time, and tell the channel it was given in.

        Raises:
            Refusal: there is none, it is over, this person may not, or the chat didn't tell who this is.
        """
        policy = self._ruling.policy.grants
        by = policy.by if policy else ()
        await self._must_be_member(order.by, by)
        is_named = names(by, order.by, await self._ruling.groups_of(order.by))
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, order.key, at=now):
                return
            grant = await grants.read(book, number)
            if order.by != grant.giver and not is_named:
                raise NotYourGrant(grant=grant.name, by=grant.giver, have=by)
            if not grant.is_active(now):
                raise GrantOver(grant=grant.name)
            await grants.revoke(book, grant, by=order.by, why=order.reason, at=now)
            await self._tell(book, order, grant.channel, told(grant), now)

    async def active(self, person: str) -> list[Grant]:
        """Return what is approved in advance now, to be told ``person``.

        Raises:
            MayNotGrant: somebody of elsewhere, or a guest, who is not told what goes on in every channel.
            Refusal: the chat didn't tell who this is.
        """
        await self._must_be_member(person, self._ruling.policy.grants.by if self._ruling.policy.grants else ())
        async with self._ledger.reading() as book:
            return await grants.active(book, at=self._clock.now())

    async def _must_be_member(self, person: str, have: tuple[str, ...]) -> None:
        if not (await self._ruling.directory.identify(person)).is_full_member:
            raise MayNotGrant(have=have)

    async def _tell(self, book: Book, order: Order, channel: str, text: str, now: float) -> None:
        body = {"text": text, "by": order.by}
        await outbox.notice(book, key=order.key, channel=channel, body=body, at=now)

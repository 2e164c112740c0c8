"""Freezing load balancers and lifting it: each is one transaction that also finishes the intake row it answers."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.asks import ANYONE, names
from bot.domain.freezes import (
    AlreadyFrozen,
    CalendarFreezes,
    Freeze,
    MayNotFreeze,
    MayNotLift,
    NotFrozen,
    OutsiderFreezes,
)
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.store import freezes, intake, outbox
from bot.store.book import Book
from bot.store.ledger import Ledger

Told = Callable[[Freeze], str]  # what the channel is told of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody wants of the freezes of ``load_balancer``: who (``by``), in which channel, as which intake row.

    ``example`` is a line that works where this one is refused.
    """

    load_balancer: str
    reason: str
    by: str
    channel: str
    key: str
    example: str


class Freezing:
    """The door to every freeze."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling

    async def set(self, order: Order, *, until: float, told: Told) -> None:
        """Freeze a load balancer, and tell the channel.

        Raises:
            Refusal: this person may not, it is frozen already, or the chat didn't tell who this is.
        """
        may = self._ruling.policy.freezes.may_freeze
        if not await self._is_named(order.by, may):
            raise MayNotFreeze(have=may)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, order.key, at=now):
                return
            for one in await freezes.standing(book, at=now, load_balancer=order.load_balancer):
                raise AlreadyFrozen(
                    load_balancer=one.load_balancer,
                    frozen_by=one.by,
                    until=one.until,
                    reason=one.reason,
                    example=order.example,
                )
            row = {"load_balancer": order.load_balancer, "by": order.by, "channel": order.channel, "until": until}
            freeze = await freezes.put(book, {**row, "reason": order.reason}, key=order.key, at=now)
            await self._tell(book, order, told(freeze), now)

    async def lift(self, order: Order, *, told: Told) -> None:
        """End the freeze of a load balancer, and tell the channel; whoever set it always may.

        Raises:
            Refusal: this person may not, nobody froze it, or the chat didn't tell who this is.
        """
        may = self._ruling.policy.freezes.may_lift
        is_named = await self._is_named(order.by, may)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, order.key, at=now):
                return
            standing = await freezes.standing(book, at=now, load_balancer=order.load_balancer)
            if not standing:
                self._must_not_be_a_calendar_s(order.load_balancer, now)
                raise NotFrozen(load_balancer=order.load_balancer, example=order.example)
            if not is_named and standing[0].by != order.by:
                raise MayNotLift(frozen_by=standing[0].by, have=may)
            await freezes.lift(book, standing[0], by=order.by, why=order.reason, at=now)
            await self._tell(book, order, told(standing[0]), now)

    async def standing(self) -> list[Freeze]:
        """Return what is frozen now, by people and by calendars.

        Raises:
            NotStored: the database is away.
        """
        now = self._clock.now()
        async with self._ledger.reading() as book:
            by_people = await freezes.standing(book, at=now)
        return [*by_people, *self._ruling.policy.frozen(at=now)]

    def _must_not_be_a_calendar_s(self, load_balancer: str, now: float) -> None:
        for one in self._ruling.policy.frozen(at=now, load_balancer=load_balancer):
            raise CalendarFreezes(load_balancer=load_balancer, frozen_by=one.by, until=one.until)

    async def _tell(self, book: Book, order: Order, text: str, now: float) -> None:
        body = {"text": text, "by": order.by}
        await outbox.notice(book, key=order.key, channel=order.channel, body=body, at=now)

    async def _is_named(self, person: str, who: tuple[str, ...]) -> bool:
        """Say whether ``who`` names ``person``, a full member.

        Raises:
            Refusal: it is somebody else, or the chat didn't tell.
        """
        if not (await self._ruling.directory.identify(person)).is_full_member:
            raise OutsiderFreezes
        asks_groups = ANYONE not in who and person not in who
        return names(who, person, await self._ruling.groups_of(person) if asks_groups else frozenset())

"""Signing the review of an emergency: once, by somebody else."""

from collections.abc import Awaitable, Callable

from bot.domain.change import Change
from bot.domain.policy import Person, must_be_member, must_be_reviewer
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.store import intake, outbox, reviews
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose


class Reviewing:
    """The door to the reviews."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling

    async def sign(
        self, number: int, person: Person, note: str, *, key: str, tell: Callable[[Book, Change], Awaitable[None]]
    ) -> None:
        """Sign the review of change ``number`` with ``note``, what ``person`` found, as the intake ``key``.

        ``tell`` answers the person in the same transaction.

        Raises:
            Refusal: there is no such change or nothing to sign, this person may not, or the chat didn't tell.
        """
        async with self._ledger.reading() as book:
            must_be_member(person, await book.change(number))
        groups = await self._ruling.groups_of(person.id)
        reviewers = self._ruling.policy.reviewers
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, key, at=now):
                return
            change = await book.change(number)
            must_be_reviewer(person, groups, change, reviewers=reviewers)
            change = await reviews.sign(book, change, by=person.id, note=note, at=now)
            await outbox.want(book, change, Purpose.CARD, at=now)
            await outbox.want(book, change, Purpose.REVIEW, at=now, body={"by": person.id, "note": note})
            await tell(book, change)

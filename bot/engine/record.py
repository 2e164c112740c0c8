"""Showing what is on record of a change to those who may read it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from bot.domain.asks import names
from bot.domain.audience import may_read
from bot.domain.change import Change
from bot.domain.policy import Person
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.store import intake, outbox
from bot.store.book import Book
from bot.store.ledger import Ledger
from bot.store.outbox import Purpose
from bot.store.story import Story, story_of

# Answers the person in the same transaction; with a story where no thread can show it.
TellStory = Callable[[Book, Change, Mapping[str, Any] | None], Awaitable[None]]
KEY = 16  # characters of the intake's key that tell two questions apart


class Record:
    """The door to the record. ``auditors`` are people who may read all of it, beside those that the policy names."""

    def __init__(self, ledger: Ledger, clock: Clock, ruling: Ruling, *, auditors: Collection[str]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._ruling = ruling
        self._auditors = auditors

    async def show(self, number: int, person: Person, *, key: str, tell: TellStory) -> None:
        """Post the story of change ``number`` into its thread, for ``person``, as answer to the intake ``key``.

        That it was asked for is recorded, too. Where its card doesn't stand, ``tell`` is given the story instead.

        Raises:
            Refusal: there is no such change, it is not for this person, or the chat didn't tell whether it is.
        """
        async with self._ledger.reading() as book:
            change, story = await book.change(number), await story_of(book, number)
        groups = frozenset[str]()
        if person.id not in {change.requester, *_deciders(change, story), *self._auditors}:
            groups = await self._groups_among(self._readers(change), person)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, key, at=now):
                return
            change = await book.change(number)
            story = await story_of(book, number)
            is_named = names(self._readers(change), person.id, groups)
            auditors = {*self._auditors, person.id} if is_named else self._auditors
            may_read(person, change, deciders=_deciders(change, story), auditors=auditors)
            shown = {"by": person.id, "events": list(story.events), "total": story.total, "head": await book.head()}
            await book.record(person.id, "audited", at=now, change=number)
            if await outbox.card_ts(book, number) is None:
                await tell(book, change, shown)
            else:
                await outbox.want(book, change, f"{Purpose.STORY}:{key[:KEY]}", at=now, body=shown)
                await tell(book, change, None)

    def _readers(self, change: Change) -> tuple[str, ...]:
        """Return whom the policy lets read the record of ``change``: who may sign its open review, too."""
        policy = self._ruling.policy
        is_open = change.review is not None and change.review.is_open
        return (*policy.auditors, *(policy.reviewers if is_open else ()))

    async def _groups_among(self, readers: tuple[str, ...], person: Person) -> frozenset[str]:
        """Return the groups of ``person``, where ``readers`` may name one of them.

        Raises:
            Refusal: the chat didn't tell.
        """
        if not readers or names(readers, person.id, frozenset()):
            return frozenset()
        return await self._ruling.groups_of(person.id)


def _deciders(change: Change, story: Story) -> frozenset[str]:
    signed_by = change.review.signed_by if change.review else None
    return story.deciders | ({signed_by} if signed_by else set())

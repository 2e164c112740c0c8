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
from bot.store.story import story_of

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
        auditors = () if person.id in {change.requester, *story.deciders} else await self._auditors_with(person)
        now = self._clock.now()
        async with self._ledger.writing() as book:
            if not await intake.finish(book, key, at=now):
                return
            change = await book.change(number)
            story = await story_of(book, number)
            may_read(person, change, deciders=story.deciders, auditors=auditors)
            shown = {"by": person.id, "events": list(story.events), "total": story.total, "head": await book.head()}
            await book.record(person.id, "audited", at=now, change=number)
            if await outbox.card_ts(book, number) is None:
                await tell(book, change, shown)
            else:
                await outbox.want(book, change, f"{Purpose.STORY}:{key[:KEY]}", at=now, body=shown)
                await tell(book, change, None)

    async def _auditors_with(self, person: Person) -> Collection[str]:
        """Return the auditors known by their ids, ``person`` among them if the policy's groups make them one now."""
        named = self._ruling.policy.auditors
        if named and names(named, person.id, await self._ruling.groups_of(person.id)):
            return {person.id}
        return self._auditors

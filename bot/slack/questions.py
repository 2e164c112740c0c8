"""What people say with `/lb` besides asking for a change: help, the rules, what waits and why, the record, a review."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.change import Change
from bot.domain.command import About, Audit, Help, Pending, Review, Rules
from bot.engine.explaining import Explaining
from bot.engine.record import Record
from bot.engine.reviewing import Reviewing
from bot.slack.answers import help_text
from bot.slack.explanations import whoami, why
from bot.slack.patrol import Patrol
from bot.slack.people import People
from bot.slack.reception import Reception
from bot.slack.rulebook import policy_text
from bot.slack.stories import story
from bot.slack.waiting import LINKED_MOST, pending
from bot.slack.wording import place
from bot.store.book import Book
from bot.store.intake import Taken


class Questions:
    """Answers them, each to its person alone, but for the record, which comes into the change's thread."""

    def __init__(
        self,
        reception: Reception,
        people: People,
        record: Record,
        explaining: Explaining,
        patrol: Patrol,
        reviewing: Reviewing,
        *,
        command: str,
    ) -> None:
        self._reception = reception
        self._people = people
        self._record = record
        self._explaining = explaining
        self._patrol = patrol
        self._reviewing = reviewing
        self._command = command

    async def answer(self, taken: Taken, asked: Help | About | Rules | Pending) -> None:
        """Answer ``taken``, which asks ``asked``.

        Raises:
            Refusal: there is no such change, it is not for this person, or Slack didn't tell what the answer needs.
        """
        words = self._reception.words(str(taken.body["user"]))
        if isinstance(asked, Audit):
            await self._audit(taken, asked.change)
        elif isinstance(asked, Review):
            await self._review(taken, asked)
        elif isinstance(asked, About):
            await self._reception.answer(taken, why(await self._explaining.why(asked.change), words))
        elif isinstance(asked, Pending):
            await self._pending(taken)
        elif asked is Rules.POLICY:
            await self._reception.answer(taken, policy_text(self._explaining.ruling.policy, words))
        elif asked is Rules.WHOAMI:
            await self._who(taken)
        else:
            await self._reception.answer(taken, help_text(words, command=self._command))

    async def _who(self, taken: Taken) -> None:
        person = await self._people.identify(str(taken.body["user"]), None)
        words = self._reception.words(person.id)
        if person.is_full_member:
            text = whoami(person.id, await self._explaining.groups_of(person), words)
        else:
            text = words.say("rules/outsider")
        await self._reception.answer(taken, text)

    async def _pending(self, taken: Taken) -> None:
        """Answer with what waits; a guest of one channel is not told of all the others."""
        person = await self._people.identify(str(taken.body["user"]), None)
        words = self._reception.words(person.id)
        if not person.is_full_member:
            await self._reception.answer(taken, words.say("pending/outsider"))
            return
        waits = await self._explaining.waiting()
        links = await self._links(waits[:LINKED_MOST])
        await self._reception.answer(taken, pending(waits, links, words, command=self._command))

    async def _links(self, waits: Sequence[Change]) -> Mapping[int, str]:
        """Return the addresses of the cards of ``waits``; a Slack that doesn't answer is left alone."""
        found: dict[int, str] = {}
        for change in waits:
            link = await self._patrol.link(change)
            if link is None:
                break
            found[change.id] = link
        return found

    async def _review(self, taken: Taken, asked: Review) -> None:
        person = await self._people.identify(str(taken.body["user"]), None)
        words = self._reception.words(person.id)

        async def tell(book: Book, change: Change) -> None:
            text = words.say("answer/reviewed", change=change.name, channel=place(change.channel))
            await self._reception.tell(book, taken, text)

        await self._reviewing.sign(asked.change, person, asked.note, key=taken.key, tell=tell)

    async def _audit(self, taken: Taken, number: int) -> None:
        """Show what is on record of a change in its thread, or to its person where no card stands."""
        person = await self._people.identify(str(taken.body["user"]), None)
        words = self._reception.words(person.id)

        async def tell(book: Book, change: Change, shown: Mapping[str, Any] | None) -> None:
            where = words.say("answer/story_in_thread", change=change.name, channel=place(change.channel))
            await self._reception.tell(book, taken, story(change, shown, words) if shown else where)

        await self._record.show(number, person, key=taken.key, tell=tell)

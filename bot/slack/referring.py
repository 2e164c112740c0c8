"""A no to a request that another change stands in the way of: it says where that one's card is."""

from bot.domain.errors import Refusal
from bot.engine.changes import Changes
from bot.slack.patrol import Patrol
from bot.slack.wording import Mrkdwn, Wording
from bot.store.book import AlreadyOpen
from bot.store.sent import SentAlready


class Referring:
    """Knows where cards are."""

    def __init__(self, changes: Changes, patrol: Patrol) -> None:
        self._changes = changes
        self._patrol = patrol

    async def told(self, no: Refusal, words: Wording) -> Mrkdwn:
        """Return the sentence of ``no``, and where the card is of the change that it names."""
        where = await self._where(no, words) if isinstance(no, AlreadyOpen | SentAlready) else ""
        return Mrkdwn(f"{words.refusal(no)} {where}".rstrip())

    async def _where(self, no: Refusal, words: Wording) -> str:
        other = await self._changes.read(int(str(no.facts["change"]).removeprefix("CR-")))
        link = await self._patrol.link(other)
        if link is None:
            return ""
        return words.say("answer/its_card", link=Mrkdwn(f"<{link}>")) if link else words.say("answer/card_anew")

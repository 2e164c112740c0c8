"""A stored press on a card, read: which change it means, whether it is that change's own card, and who pressed."""

import structlog

from bot.domain.errors import Refusal
from bot.engine.deciding import Click
from bot.slack.cards import parse_value
from bot.slack.people import People
from bot.store import outbox
from bot.store.intake import Taken
from bot.store.ledger import Ledger


class NotOurButton(Refusal):
    """A button whose value the bot never wrote. Facts: none."""

    code = "not_our_button"


class NotTheCard(Refusal):
    """The message isn't the card of the change that its button names. Facts: ``change``, ``channel`` of the card."""

    code = "not_the_card"


class Clicks:
    """Reads what was taken in as a click."""

    def __init__(self, ledger: Ledger, people: People) -> None:
        self._ledger = ledger
        self._people = people

    def number(self, taken: Taken) -> int:
        """Return the number of the change that the button names.

        Raises:
            NotOurButton: the bot never wrote such a value.
        """
        return _parsed(taken)[0]

    async def read(self, taken: Taken) -> Click:
        """Return the click, with its person as Slack knows them now.

        Raises:
            CannotIdentify: Slack didn't say who this is.
            NoSuchChange: the button names none.
            NotOurButton: the bot never wrote such a value.
            NotTheCard: the button stands in another message than the change's card.
        """
        number, version = _parsed(taken)
        message = taken.body.get("message")
        if message is not None:  # a form has none: it was opened from the card
            await self._must_be_the_card(number, str(message), str(taken.body["channel"]))
        person = await self._people.identify(str(taken.body["user"]), taken.body.get("team"))
        structlog.contextvars.bind_contextvars(change=f"CR-{number}")
        return Click(change=number, version=version, person=person, key=taken.key)

    async def _must_be_the_card(self, number: int, message: str, channel: str) -> None:
        """Let only the card itself pass: a message with its button may be another installation's, or a copy.

        Its ``ts`` tells; a channel's id can change under it (Slack fact sheet, section 14). Until Slack told us the
        ``ts``, a message in the change's channel is taken for its card.
        """
        async with self._ledger.reading() as book:
            change = await book.change(number)
            card = await outbox.card_ts(book, number)
        is_card = message == card if card else channel == change.channel and bool(message)
        if not is_card:
            raise NotTheCard(change=change.name, channel=change.channel)


def _parsed(taken: Taken) -> tuple[int, int]:
    try:
        return parse_value(str(taken.body["value"]))
    except ValueError:
        raise NotOurButton from None

"""``/lb preview …``: what would come of a request, told its person alone, with a button that sends it."""

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.command import Preview, Request, render
from bot.domain.errors import CloudError, Refusal
from bot.engine.previewing import Outlook, Previewing
from bot.slack.outlooks import outlook_text
from bot.slack.people import People
from bot.slack.postable import must_be_postable
from bot.slack.reception import Reception
from bot.slack.referring import Referring
from bot.slack.sending import offer
from bot.slack.wording import Mrkdwn
from bot.slack.zones import start_of
from bot.store.intake import Taken

_log = structlog.get_logger(__name__)


class Previews:
    """Answers previews: nothing is sent, and nobody else is told."""

    def __init__(
        self,
        reception: Reception,
        people: People,
        client: AsyncWebClient,
        previewing: Previewing,
        referring: Referring,
        *,
        command: str,
    ) -> None:
        self._reception = reception
        self._people = people
        self._client = client
        self._previewing = previewing
        self._referring = referring
        self._command = command

    async def answer(self, taken: Taken, asked: Preview) -> None:
        """Answer ``taken``, which asks ``asked``; a no is the one that the request itself would get."""
        words = self._reception.words(str(taken.body["user"]))
        try:
            outlook = await self._outlook(taken, asked.request)
        except Refusal as no:
            _log.info("previewed", refusal=no.code, facts=no.facts)
            await self._refuse(taken, await self._referring.told(no, words))
        except CloudError as error:
            _log.warning("the cloud could not be read", code=error.code, request_id=error.request_id)
            await self._refuse(taken, words.cloud_error(error))
        else:
            line = render(asked.request)
            text = outlook_text(outlook, words, line=f"{self._command} {line}")
            await self._reception.answer(taken, text, **offer(text, line, words))

    async def _outlook(self, taken: Taken, request: Request) -> Outlook:
        """Return what would come of ``request``, asked in the order in which a command asks."""
        user, channel = str(taken.body["user"]), str(taken.body["channel"])
        start = await start_of(request.begin, user, self._people, now=taken.received_at)
        await must_be_postable(self._client, channel)
        wish = {"requester": user, "channel": channel}
        return await self._previewing.outlook(request.operation, request.reason, **wish, start=start)

    async def _refuse(self, taken: Taken, answer: Mrkdwn) -> None:
        words = self._reception.words(str(taken.body["user"]))
        await self._reception.answer(taken, words.say("preview/refused", answer=answer))

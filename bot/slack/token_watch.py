"""Whether Slack takes the bot token while the bot runs.

Once it doesn't, one question is repeated, ever more slowly, and nothing else is tried: what people shall see waits in
the outbox, and the work goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.engine.ports import Clock
from bot.slack.client import NO_ANSWER
from bot.slack.tokens import OF_THE_TOKEN, slack_word

WATCH_SECONDS = 60.0  # between two questions while all is well
FIRST_SECONDS, MOST_SECONDS = 1.0, 60.0  # while the token is refused; each wait is twice as long as the one before
TICK_SECONDS = 1.0
# What is wrong with one method only is no reason to keep everything back.
LOST = OF_THE_TOKEN - {"missing_scope", "not_allowed_token_type"}
_log = structlog.get_logger(__name__)


class TokenWatch:
    """What Slack last said of the bot token: ``refused`` is its word for no, ``""`` while it takes the token."""

    def __init__(self, ask: Callable[[], Awaitable[AsyncSlackResponse]], clock: Clock, bell: asyncio.Event) -> None:
        self._ask = ask
        self._clock = clock
        self._bell = bell
        self._wait = FIRST_SECONDS
        self._ask_at = clock.monotonic() + WATCH_SECONDS
        self.refused = ""

    def note(self, why: str) -> bool:
        """Say whether ``why``, Slack's word, refuses the token itself; if so, remember it."""
        if why not in LOST:
            return False
        if not self.refused:
            _log.error("Slack refuses the bot token; posts wait", why=why)
            self._wait = FIRST_SECONDS
            self._ask_at = self._clock.monotonic() + self._wait
        self.refused = why
        return True

    async def run(self) -> None:
        """Ask Slack now and then, until cancelled."""
        while True:
            await self._clock.sleep(TICK_SECONDS)
            if self._clock.monotonic() >= self._ask_at:
                await self.look()

    async def look(self) -> None:
        """Ask Slack once, and say when to ask again; an answer that can't be read tells nothing of the token."""
        try:
            await self._ask()
        except SlackApiError as error:
            self.note(slack_word(error))
        except NO_ANSWER as error:
            _log.warning("slack did not answer", question="auth.test", error=type(error).__name__)
        else:
            self._accepted()
        if self.refused:
            self._wait = min(MOST_SECONDS, self._wait * 2)
        self._ask_at = self._clock.monotonic() + (self._wait if self.refused else WATCH_SECONDS)

    def _accepted(self) -> None:
        if self.refused:
            _log.info("Slack takes the bot token again; posts go on")
            self.refused = ""
            self._bell.set()

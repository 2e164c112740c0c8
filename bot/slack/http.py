"""HTTP mode: Slack's requests come in at a port of ours, instead of over the Socket Mode line."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from bot.serving import serving
from bot.slack.app import ACK_SECONDS
from bot.slack.client import NO_ANSWER
from bot.slack.door import PATH, Door, front
from bot.slack.signatures import Signatures
from bot.variable import Address

ASK_SECONDS = 15.0  # a monitor may look each second; Slack is asked this seldom
_log = structlog.get_logger(__name__)


class Port:
    """The port that Slack's requests come to, kept open. It is what ``Line`` is in Socket Mode.

    ``secret`` is the app's signing secret; ``now`` is in seconds since the epoch; ``ask`` asks Slack whether it takes
    the bot token (``auth.test``).
    """

    def __init__(
        self,
        app: AsyncApp,
        secret: str,
        address: Address,
        *,
        now: Callable[[], float],
        ask: Callable[[], Awaitable[object]],
    ) -> None:
        bolt: Any = AsyncSlackRequestHandler(app, PATH)  # an ASGI app with types of its own
        self._front = front(Door(bolt, Signatures(secret, now)))
        self._address = address
        self._now = now
        self._ask = ask
        self._asked_at = float("-inf")
        self._taken = False
        self.url = ""

    async def is_up(self) -> bool:
        """Say whether the port is served and Slack takes the bot token; that is asked every ``ASK_SECONDS`` at most.

        Whether Slack, or the balancer between, reaches the port can't be seen from here.
        """
        return bool(self.url) and await self._is_token_taken()

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """Serve while the block runs; ``url`` says where.

        On leaving no connection is accepted, and what arrived is still answered, for ``ACK_SECONDS`` at most.

        Raises:
            OSError: the address can't be had.
        """
        host, port = self._address.host, self._address.port
        async with serving(self._front, host=host, port=port, grace=ACK_SECONDS) as url:
            self.url = f"{url}{PATH}"
            try:
                yield
            finally:
                self.url = ""

    async def _is_token_taken(self) -> bool:
        if self._now() - self._asked_at >= ASK_SECONDS:
            self._asked_at = self._now()
            taken = False
            try:
                await self._ask()
                taken = True
            except NO_ANSWER as error:  # an answer that says no is one of these, too
                _log.warning("Slack does not take the bot token now", error=str(error))
            finally:
                self._taken = taken  # also where nobody waits for the answer any longer
        return self._taken

"""HTTP mode: Slack's requests come in at a port of ours, instead of over the Socket Mode line."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from bot.serving import serving
from bot.slack.app import ACK_SECONDS
from bot.slack.door import PATH, Door, front
from bot.slack.signatures import Signatures
from bot.variable import Address


class Port:
    """The port that Slack's requests come to, kept open. It is what ``Line`` is in Socket Mode.

    ``secret`` is the app's signing secret; ``now`` is in seconds since the epoch.
    """

    def __init__(
        self,
        app: AsyncApp,
        secret: str,
        address: Address,
        *,
        now: Callable[[], float],
    ) -> None:
        bolt: Any = AsyncSlackRequestHandler(app, PATH)  # an ASGI app with types of its own
        self._front = front(Door(bolt, Signatures(secret, now)))
        self._address = address
        self.url = ""

    async def is_up(self) -> bool:
        """Say whether the port is served; whether Slack, or a balancer between, reaches it can't be seen from here."""
        return bool(self.url)

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

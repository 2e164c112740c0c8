"""The Bolt app: which listener answers what, and the line to Slack."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack.buttons import Buttons
from bot.slack.client import web_client
from bot.slack.commands import Commands
from bot.slack.confirmation import Confirmation
from bot.slack.modals import APPROVE_FORM, REJECT_FORM

WATCH_SECONDS = 2.0
PING_SECONDS = 10.0  # between two pings, and between two tries to connect
ACK_SECONDS = 3.0  # what Slack waits for an ack; Slack fact sheet, section 2
_log = structlog.get_logger(__name__)


def build_app(
    identity: AuthorizeResult,
    commands: Commands,
    buttons: Buttons,
    confirmation: Confirmation,
    *,
    api_url: str,
    command: str,
) -> AsyncApp:
    """Return the app with its listeners; each key has exactly one, so that none is tried twice.

    ``identity`` is what ``auth.test`` said at the start: asked again by the first click, it would delay that click's
    ack, and left to Bolt, two variables in the environment would switch to another way of asking (traps 15, 18).
    """

    async def authorize() -> AuthorizeResult:
        return identity

    app = AsyncApp(
        client=web_client(None, api_url),
        authorize=authorize,
        request_verification_enabled=False,
        name="countersign",
        logger=logging.getLogger("slack_bolt.app"),
    )
    app.command(command)(commands.on_command)
    app.action(re.compile(r".+"))(buttons.on_click)
    app.view(REJECT_FORM)(buttons.on_rejection)
    app.view(APPROVE_FORM)(confirmation.on_submit)
    app.error(_on_error)
    return app


async def _on_error(error: Exception, body: dict[str, Any]) -> None:
    _log.error("a listener failed", kind=body.get("type") or body.get("command"), exc_info=error)


class Line:
    """The Socket Mode connection, kept up. Nothing reaches us at a ``url``."""

    url = ""

    def __init__(
        self, app: AsyncApp, app_token: str, *, ping_seconds: float = PING_SECONDS, watch_seconds: float = WATCH_SECONDS
    ) -> None:
        self._handler = AsyncSocketModeHandler(app, app_token, ping_interval=ping_seconds)
        self._watch_seconds = watch_seconds
        self._client = self._handler.client
        self._client.proxy = None
        self._client.socket_mode_request_listeners = [self._take]
        self._acking: set[asyncio.Task[None]] = set()

    async def is_up(self) -> bool:
        """Say whether Slack can reach us now."""
        return bool(await self._client.is_connected())

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        """Hold the connection while the block runs; on leaving, what arrived is still acknowledged."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            yield
            if self._acking:
                await asyncio.wait(self._acking, timeout=ACK_SECONDS)
        finally:
            watching.cancel()
            await self._handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.create_task(self._handler.handle(client, request))  # type: ignore[arg-type]  # their own narrowing
        self._acking.add(task)
        task.add_done_callback(self._acking.discard)
        await asyncio.wait([task])

    async def _watch(self) -> None:
        """Let a wedged client ask for a new address (Slack fact sheet, section 17, trap 8)."""
        while True:
            await asyncio.sleep(self._watch_seconds)
            if not await self.is_up():
                self._client.wss_uri = None

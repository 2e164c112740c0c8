"""The stream of revisions that tells an open page to look again (Server-Sent Events)."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import StreamingResponse

from bot.sandbox.slack.page.letters import HEADERS
from bot.sandbox.slack.workspace import Workspace

# A stream ends after this many seconds and the browser opens the next: a server that stops never waits longer for it.
LIFE = 20.0


class Live:
    """Serves the stream; every event's data is the workspace's revision, the first one the current."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def stream(self, _: Request) -> StreamingResponse:
        """Return the stream."""
        return StreamingResponse(self._revisions(), media_type="text/event-stream", headers=HEADERS)

    async def _revisions(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        end = loop.time() + LIFE
        seen = self._workspace.revision
        yield f"retry: 250\ndata: {seen}\n\n"
        while (left := end - loop.time()) > 0:
            try:
                seen = await asyncio.wait_for(self._workspace.wait_for_change(seen), left)
            except TimeoutError:
                return
            yield f"data: {seen}\n\n"

"""The sandbox Slack as a test reaches it: its workspace in this process, its faults and records over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot.sandbox.serving import serving
from bot.sandbox.slack.app import App
from bot.sandbox.slack.platform import Options
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.server import build
from bot.sandbox.slack.workspace import Message, Organisation, Workspace
from tests.rooms.clock import Time

INCIDENT, QUIET, OLD = "C0INCIDENT", "C0QUIET", "C0ARCHIVE"
ALICE, BOB, CARLA = "U0ALICE", "U0BOB", "U0CARLA"
Json = dict[str, Any]


@dataclass
class StandIn:
    """A running sandbox Slack."""

    workspace: Workspace
    http: httpx.AsyncClient
    url: str

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    async def do(self, act: str, **wish: object) -> Json:
        answer = await self.http.post(f"{self.url}/sandbox/{act}", json=wish)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def look(self, what: str) -> Any:  # noqa: ANN401 - JSON
        answer = await self.http.get(f"{self.url}/sandbox/{what}")
        assert answer.is_success, answer.text
        return answer.json()

    async def fault(self, kind: str, **facts: object) -> None:
        await self.do("faults", kind=kind, **facts)

    async def calls(self, method: str) -> list[Json]:
        """Return every call of ``method`` that arrived."""
        return [call for call in await self.look("calls") if call["method"] == method]

    async def until(self, is_so: Callable[[], Awaitable[bool] | bool]) -> None:
        """Wait for visible changes until ``is_so``."""
        since = self.workspace.revision
        while not await _answered(is_so()):
            since = await self.workspace.wait_for_change(since)

    async def post(self, blocks: list[Json], channel: str = INCIDENT) -> str:
        """Post as the app, behind the bot's back; return the message's ``ts``."""
        headers = {"Authorization": f"Bearer {App().bot_token}"}
        said = {"channel": channel, "text": "not ours", "blocks": blocks}
        answer = await self.http.post(f"{self.api_url}chat.postMessage", json=said, headers=headers)
        assert answer.json()["ok"], answer.text
        return str(answer.json()["ts"])

    async def shut(self, channel: str = INCIDENT) -> None:
        await self.do("channels", id=channel, is_archived=True)

    def top(self, viewer: str = BOB, channel: str = INCIDENT) -> list[Message]:
        return self.workspace.messages(channel, viewer=viewer)

    def thread(self, ts: str, viewer: str = BOB) -> list[Message]:
        return self.workspace.thread(INCIDENT, ts, viewer=viewer)

    def told(self, person: str, channel: str = INCIDENT) -> list[str]:
        """Return what only ``person`` sees in ``channel``."""
        return [message.text for message in self.top(person, channel) if message.ephemeral_to == person]

    def direct(self, person: str) -> list[str]:
        """Return the bot's direct messages to ``person``."""
        return [message.text for message in self.top(person, self.workspace.direct_messages(person).id)]


async def _answered(said: Awaitable[bool] | bool) -> bool:
    return said if isinstance(said, bool) else await said


@asynccontextmanager
async def stand_in(
    time: Time, *, app: App | None = None, burst: int = 1000, organisation: Organisation | None = None
) -> AsyncIterator[StandIn]:
    """Open a sandbox Slack; a channel takes ``burst`` messages at once, then one a second."""
    workspace = seeded(now=time.now, organisation=organisation)
    options = Options(app=app or App(), burst=burst)
    async with (
        serving(build(workspace, options)) as url,
        httpx.AsyncClient(timeout=30, trust_env=False) as http,
    ):
        yield StandIn(workspace, http, url)

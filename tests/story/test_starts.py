"""A change that starts later, through the whole product, in this process: its clock is the story's."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.config import Settings
from bot.sandbox.world import SECRET_ID, SECRET_KEY
from bot.slack.cards import APPROVE
from bot.wiring import Running, SystemClock, running
from tests.story.backstage import Backstage
from tests.story.stage import Message, buttons

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOUR = 3600.0
KEYS = {"TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET_KEY, "TENCENTCLOUD_REGION": "bj"}


@dataclass
class Ahead(SystemClock):
    """The machine's clock, set ahead by so many seconds; waits are as long as ever."""

    seconds: float = 0.0

    def now(self) -> float:
        return super().now() + self.seconds


@dataclass
class Staged:
    """The stage, the clock that the bot on it goes by, and when the change is to start."""

    stage: Backstage
    clock: Ahead
    at: datetime

    def bot(self) -> AbstractAsyncContextManager[Running]:
        return running(Settings.from_env(KEYS | self.stage.world.bot_environment()), self.clock)

    async def approved(self) -> Message:
        """Let alice ask for a change that starts in an hour, and bob approve it; return its card."""
        await self.stage.types("alice", f"{self.stage.backend.command(8123)} --at {self.at:%Y-%m-%dT%H:%MZ}")
        card = await self.stage.card("if it is approved by then")
        await self.stage.presses("bob", card, APPROVE)
        return await self.stage.card("until then it can be cancelled", of=card)

    async def later(self, seconds: float) -> None:
        """Let it be ``seconds`` behind the start, here and in the cloud, which looks at when it was called."""
        self.clock.seconds = self.at.timestamp() - SystemClock().now() + seconds
        await self.stage.cloud.set_clock(self.clock.seconds)


@pytest_asyncio.fixture(loop_scope="session")
async def staged(backstage: Backstage) -> AsyncIterator[Staged]:
    at = datetime.fromtimestamp(SystemClock().now() + HOUR, UTC)
    yield Staged(backstage, Ahead(), at)
    await backstage.cloud.set_clock(0.0)


async def test_it_waits_for_its_start_and_runs_then(staged: Staged) -> None:
    async with staged.bot():
        card = await staged.approved()
        before = await staged.stage.cloud.modify_calls(staged.stage.backend)
        await staged.later(60.0)

        assert before == []
        assert "change_cancel" in buttons(card)
        assert "verified: probe port is now 8123" in await staged.stage.result(card)
        assert await staged.stage.cloud.probe_port(staged.stage.backend) == 8123


async def test_a_bot_that_was_down_when_its_time_came_begins_it_at_its_next_start(staged: Staged) -> None:
    async with staged.bot():
        card = await staged.approved()
    await staged.later(20 * 60.0)
    async with staged.bot():
        assert "verified: probe port is now 8123" in await staged.stage.result(card)


async def test_a_bot_that_was_down_for_too_long_asks_again_and_calls_nothing(staged: Staged) -> None:
    async with staged.bot():
        card = await staged.approved()
    await staged.later(40 * 60.0)
    async with staged.bot():
        again = await staged.stage.card("Not run: facts moved after the approval", of=card)
        assert "• start: <!date^" in again["text"]
        assert await staged.stage.cloud.modify_calls(staged.stage.backend) == []

        assert "verified: probe port is now 8123" in await staged.stage.approved(again)

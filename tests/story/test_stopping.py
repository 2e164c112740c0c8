"""Stopping and starting: promptly, without losing a run, and never twice on one database."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

import pytest

from bot.sandbox.world import SECRET_ID, SECRET_KEY
from bot.slack.cards import APPROVE
from tests.story.backstage import Backstage
from tests.story.cloud_side import POLL
from tests.story.stage import name

pytestmark = pytest.mark.asyncio(loop_scope="session")

KEYS = {"TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET_KEY, "TENCENTCLOUD_REGION": "bj"}


async def test_told_to_stop_during_a_run_it_leaves_at_once_and_ends_the_run_at_the_next_start(
    backstage: Backstage,
) -> None:
    bot = await backstage.bot()
    await backstage.cloud.fault(POLL, "hold_before")
    card = await backstage.asks(8123)
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    code = await bot.stop()  # which kills what takes too long
    state = backstage.record.state(name(card))
    await backstage.bot()
    result = await backstage.result(card)

    assert code == 0
    assert state == "RUNNING"
    assert "✅ *verified: probe port is now 8123*" in result
    assert len(await backstage.cloud.modify_calls(backstage.backend)) == 1
    assert await backstage.thread(card) == ["progress", "result"]


async def test_a_second_bot_on_the_same_database_is_refused(backstage: Backstage) -> None:
    await backstage.bot()
    environment = backstage.world.bot_environment() | KEYS
    second = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, stdout=DEVNULL, stderr=PIPE
    )
    _, said = await second.communicate()

    assert second.returncode == 1
    assert "countersign.db is in use: another countersign works on it. Stop that one, or name another" in said.decode()
    await backstage.asks(8123)  # the first one goes on

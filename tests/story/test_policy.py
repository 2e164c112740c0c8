"""A policy with rules, from the file to the verified result and the record that proves it."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from bot.slack.cards import APPROVE
from tests.story.backstage import Backstage
from tests.story.stage import name

pytestmark = pytest.mark.asyncio(loop_scope="session")

RULES = """
[groups]
team = { slack = "S0APPROVE" }   # bob and carla

[[rule]]
name = "never by carla"
requester = ["U0CARLA"]
deny = "Carla watches."

[[rule]]
name = "two of the team"
approvers = ["team"]
approvals = 2
pings = ["team"]
reason = "[A-Z]+-[0-9]+"
reason_example = "CHG-7 endpoint moved"
"""


@pytest.fixture
async def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


async def test_two_of_the_team_approve_and_the_record_proves_it(backstage: Backstage, policy: Path) -> None:
    await backstage.bot(COUNTERSIGN_POLICY=str(policy))
    line = backstage.backend.command(8123)
    await backstage.types("alice", line)
    await backstage.told("alice", "CHG-7 endpoint moved")
    await backstage.types("carla", f"{line} CHG-7")
    await backstage.told("carla", "Carla watches.")
    await backstage.types("alice", f"{line} CHG-7")
    card = await backstage.card("Waiting for team")

    assert "<!subteam^S0APPROVE>" in card["text"]
    await backstage.presses("bob", card, APPROVE)
    await backstage.card("Approved so far by <@U0BOB>", of=card)
    assert await backstage.cloud.modify_calls(backstage.backend) == []
    result = await backstage.approved(card, by="carla")

    assert "verified: probe port is now 8123" in result
    assert "<@U0BOB>, <@U0CARLA>" in result
    head = re.search(r"[0-9a-f]{64}", result)
    assert head
    verdict = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "audit", "verify", "--head", head.group(),
        env=backstage.world.bot_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await verdict.communicate()
    assert verdict.returncode == 0, said
    assert name(card) in said.decode()

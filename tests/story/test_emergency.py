"""An emergency from the line to its signed review, and the record that proves it."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from tests.story.backstage import Backstage
from tests.story.stage import Message, name
from tests.story.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

POLICY = """
[groups]
team = { slack = "S0APPROVE" }   # bob and carla

[emergency]
people = ["U0ALICE"]
quota = 1
pings = ["team"]
reviewers = ["team"]
"""


@pytest.fixture
async def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY, encoding="utf-8")
    return path


async def reviews_open(ops: str, http: httpx.AsyncClient) -> float:
    """Return what the bot's metrics say of reviews."""
    text = (await http.get(f"{ops}/metrics")).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("countersign_reviews_open ")))


def change(card: Message) -> str:
    return name(card).split()[-1]


async def test_an_emergency_runs_alone_is_reviewed_by_another_and_stands_in_the_record(
    backstage: Backstage, policy: Path
) -> None:
    bot = await backstage.bot(COUNTERSIGN_POLICY=str(policy))
    line = backstage.backend.command(8123, "the checkout is down").replace("/lb ", "/lb emergency ")
    await backstage.types("bob", line)
    await backstage.told("bob", "An emergency is for full members whom the policy names")
    await backstage.types("alice", line)
    card = await backstage.card("🚨 EMERGENCY")

    assert "<!subteam^S0APPROVE>" in card["text"]
    result = await backstage.result(card, "verified: probe port is now 8123")
    assert "<@U0ALICE> broke the glass · nobody approved" in result
    assert len(await backstage.cloud.modify_calls(backstage.backend)) == 1

    async def shown(count: float) -> bool:
        return await reviews_open(bot.url, backstage.http) == count

    await until("an open review in the metrics", lambda: shown(1.0))
    await backstage.types("alice", line.replace("8123", "8124"))
    await backstage.told("alice", "You broke the glass as often as anybody may: 1 × in 24 h")
    await backstage.types("bob", "/lb pending")
    await backstage.told("bob", "To be reviewed since", change(card))
    await backstage.types("bob", f"/lb review {change(card)} right to do; the runbook lacks it")
    await backstage.card("*Reviewed* by <@U0BOB>", of=card)
    await backstage.reply(card, "review", "<@U0BOB> reviewed the emergency of <@U0ALICE>: right to do")
    await until("no open review in the metrics", lambda: shown(0.0))

    verdict = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "audit", "verify",
        env=backstage.world.bot_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await verdict.communicate()
    assert verdict.returncode == 0, said

"""An incident: a lead approves in advance, others' changes run at once, until the word is used up."""

from pathlib import Path

import pytest

from bot.slack.cards import APPROVE
from tests.story.backends import Backend
from tests.story.backstage import Backstage
from tests.story.stage import Message, name
from tests.story.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")

RULES = """
[groups]
team = { slack = "S0APPROVE" }   # bob and carla

[grants]
by = ["team"]
channels = ["CHANNEL"]

[[rule]]
name = "the team"
approvers = ["team"]
"""


async def asked(backstage: Backstage, backend: Backend) -> Message:
    """Let alice ask for a change and return its card; what the channel is told of grants may come before it."""
    await backstage.types("alice", backend.command(8123))

    async def look() -> Message | None:
        shown = f" on {backend.host}:"
        return next((one for one in await backstage.cards() if shown in one["text"].partition("\n")[0]), None)

    return await until("its card", look)


def named(notice: Message) -> str:
    """Return the id of the grant that a channel was told of: ``G-3``."""
    return str(notice["text"].split("*")[1])


async def test_changes_run_at_once_with_what_a_lead_approved_in_advance(backstage: Backstage, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(RULES.replace("CHANNEL", backstage.channel), encoding="utf-8")
    await backstage.bot(COUNTERSIGN_POLICY=str(policy))
    balancer = backstage.backend.load_balancer
    await backstage.types("alice", f"/lb grant probe-port {balancer} for 30m 2 uses mine")
    await backstage.told("alice", "Approving in advance is for full members whom the policy names: `team`")
    await backstage.types("bob", f"/lb grant probe-port {balancer} for 30m 2 uses INC-7 the pool is dry")
    grant = named(await backstage.card("<@U0BOB> approves in advance"))

    first = await asked(backstage, backstage.backend)
    result = await backstage.result(first)
    second = await asked(backstage, backstage.siblings[0])
    await backstage.result(second)
    told = [one["text"] for one in await backstage.cards()]
    third = await asked(backstage, backstage.siblings[1])
    await backstage.card("Waiting for team", of=third)

    assert "✅ *verified: probe port is now 8123*" in result
    assert "<@U0ALICE> asked · <@U0BOB> approved" in result
    assert "Approved in advance by <@U0BOB> (G-1)" in result
    assert f"Approved in advance by <@U0BOB> ({grant})" in (await backstage.card(of=first))["text"]
    assert any(f"{name(first)} by <@U0ALICE> begins with {grant}" in one and "1 of 2 left until" in one for one in told)
    assert any(f"{name(second)} by <@U0ALICE> begins with {grant}" in one and "last use" in one for one in told)
    assert [kind for kind in backstage.record.events(name(first)) if kind.startswith(("change.", "grant."))] == [
        "change.opened", "grant.used", "change.approve", "change.start", "change.succeed"
    ]  # fmt: skip
    assert await backstage.cloud.modify_calls(backstage.siblings[1]) == []


async def test_a_grant_that_is_revoked_ends_what_may_begin_and_a_kill_loses_nothing_of_it(
    backstage: Backstage, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(RULES.replace("CHANNEL", backstage.channel), encoding="utf-8")
    bot = await backstage.bot(COUNTERSIGN_POLICY=str(policy))
    await backstage.types("bob", f"/lb grant probe-port {backstage.backend.load_balancer} 5 uses for 30m INC-7 dry")
    grant = named(await backstage.card("approves in advance"))
    await bot.kill()
    await backstage.bot(COUNTERSIGN_POLICY=str(policy))
    await backstage.result(await asked(backstage, backstage.backend))

    await backstage.types("carla", f"/lb revoke {grant} it is over")
    await backstage.card(f"*{grant} is revoked* by <@U0CARLA>")
    after = await asked(backstage, backstage.siblings[0])
    await backstage.card("Waiting for team", of=after)
    await backstage.presses("carla", after, APPROVE)

    assert "✅ *verified: probe port is now 8123*" in await backstage.result(after)

"""A frozen load balancer: told to the channel, kept from being changed, let pass by whom the policy names."""

from pathlib import Path

import pytest

from bot.slack.cards import APPROVE
from tests.story.backstage import Backstage
from tests.story.cloud_side import READ
from tests.story.stage import Stage, name

pytestmark = pytest.mark.asyncio(loop_scope="session")

RULES = """
[groups]
team = { slack = "S0APPROVE" }   # bob and carla

[freeze]
may_lift = ["team"]

[[rule]]
name = "everything"
approvers = ["U0BOB"]
freeze_approvers = ["U0CARLA"]
"""


async def test_a_freeze_stops_what_waits_for_its_turn_and_refuses_what_is_asked(stage: Stage) -> None:
    balancer = stage.backend.load_balancer
    first, second = [await stage.asks(8123, backend=one) for one in (stage.backend, stage.siblings[0])]
    await stage.cloud.fault(READ, "hold_before", times=0)
    await stage.presses("bob", first, APPROVE)
    await stage.cloud.until_held()
    await stage.presses("bob", second, APPROVE)
    await stage.reply(second, "progress", "waiting for")

    await stage.types("carla", f"/lb freeze {balancer} for 2h release week")
    notice = await stage.card("froze")
    await stage.cloud.reset()
    results = [await stage.result(one) for one in (first, second)]
    await stage.types("alice", stage.siblings[1].command(8123))
    await stage.told("alice", f"`{balancer}` is frozen until", "by <@U0CARLA>: release week")
    await stage.types("bob", "/lb freeze")
    await stage.told("bob", f"• `{balancer}` until", "by <@U0CARLA>: release week")
    await stage.types("bob", f"/lb unfreeze {balancer} it is out")
    lifted = await stage.card("lifted the freeze")
    card = await stage.asks(8123, backend=stage.siblings[1])

    assert notice["text"].startswith(f"❄️ <@U0CARLA> froze `{balancer}` until ")
    assert all("❌ *Not run; nothing was changed*" in one and "release week" in one for one in results)
    assert lifted["text"] == f"☀️ <@U0BOB> lifted the freeze of `{balancer}`: it is out"
    for one in (stage.backend, stage.siblings[0]):
        assert await stage.cloud.modify_calls(one) == []
    assert "✅ *verified: probe port is now 8123*" in await stage.approved(card)


async def test_freeze_approvers_let_it_pass_and_the_record_says_so(backstage: Backstage, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(RULES, encoding="utf-8")
    await backstage.bot(COUNTERSIGN_POLICY=str(policy))
    balancer = backstage.backend.load_balancer
    before = await backstage.asks(8123)
    await backstage.types("alice", f"/lb freeze {balancer} until 23:59 release week")
    await backstage.card("froze")

    await backstage.presses("bob", before, APPROVE)
    await backstage.told("bob", f"`{balancer}` was frozen since {name(before)} was asked")
    card = await backstage.card("❄️ *Frozen* until", of=before)
    assert "by <@U0ALICE>: release week" in card["text"]
    await backstage.presses("bob", card, APPROVE)
    await backstage.card("Waiting for <@U0CARLA>", of=card)
    assert await backstage.cloud.modify_calls(backstage.backend) == []
    result = await backstage.approved(card, by="carla")

    assert "✅ *verified: probe port is now 8123*" in result
    kinds = backstage.record.rows("SELECT kind FROM events WHERE kind LIKE 'freeze.%' ORDER BY id")
    assert kinds[-1:] == [("freeze.set",)]
    assert [kind for kind in backstage.record.events(name(card)) if kind.startswith("change.")] == [
        "change.opened", "change.renew", "change.approve", "change.start", "change.succeed"
    ]  # fmt: skip

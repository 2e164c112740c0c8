"""Slack shuts the bot out, of the workspace or of a channel: work goes on, and its people learn of it."""

from typing import Any

import httpx
import pytest

from bot.slack.cards import APPROVE, CANCEL
from tests.story.backstage import Backstage
from tests.story.cloud_side import POLL
from tests.story.stage import BOT, PEOPLE, Stage, name
from tests.story.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def until_ready(stage: Stage, url: str, *, ready: bool) -> dict[str, Any]:
    """Wait until the bot's ``/readyz`` says so, and return its checks by name."""

    async def look() -> dict[str, Any] | None:
        answer = await stage.http.get(f"{url}/readyz")
        found = {check["name"]: check for check in answer.json()["checks"]}
        return found if (answer.status_code == httpx.codes.OK) is ready else None

    return await until("another readiness", look)


async def direct(stage: Stage, who: str) -> list[str]:
    """Return what the bot told ``who`` directly."""
    return [str(one["text"]) for one in await stage.messages(await stage.direct_messages(who))]


async def test_a_revoked_token_turns_readiness_red_while_the_run_goes_on_and_its_posts_wait(
    backstage: Backstage,
) -> None:
    bot = await backstage.bot()
    await until_ready(backstage, bot.url, ready=True)
    card = await backstage.asks(8123)
    await backstage.cloud.fault(POLL, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    await backstage.fault("revoked_token", times=0)
    await backstage.cloud.release()
    await backstage.recorded(card, "change.succeed")
    checks = await until_ready(backstage, bot.url, ready=False)
    await backstage.types("alice", backstage.backend.command(8124))  # who asks meanwhile is told so, without the token
    told = await backstage.told("alice", "token_revoked")
    state, port = backstage.record.state(name(card)), await backstage.cloud.probe_port(backstage.backend)
    waiting = await backstage.thread(card)
    await backstage.http.delete(f"{backstage.url}/sandbox/faults")
    result = await backstage.result(card)
    await until_ready(backstage, bot.url, ready=True)

    assert [check["ok"] for check in checks.values()] == [True, True, False]
    assert "Slack refuses SLACK_BOT_TOKEN (token_revoked)" in checks["bot_token"]["detail"]
    assert "put its Bot User OAuth Token (xoxb-…) into SLACK_BOT_TOKEN and restart" in checks["bot_token"]["detail"]
    assert "so nothing was done" in told
    assert (state, port, "result" in waiting) == ("SUCCEEDED", 8123, False)
    assert "✅ *verified: probe port is now 8123*" in result
    assert sorted(await backstage.thread(card)) == ["progress", "result"]
    assert "✅ *Succeeded" in (await backstage.card("✅", of=card))["text"]


async def test_a_bot_that_was_removed_from_its_channel_tells_its_people_directly_once_though_it_dies(
    backstage: Backstage,
) -> None:
    first = await backstage.bot()
    card = await backstage.asks(8123)
    before = {who: await direct(backstage, who) for who in ("alice", "bob")}
    await backstage.cloud.fault(POLL, "hold_before")
    await backstage.presses("bob", card, APPROVE)
    await backstage.cloud.until_held()
    await backstage.control("channels", id=backstage.channel, members=PEOPLE, is_private=True)
    await first.kill()
    await backstage.cloud.release()
    await backstage.bot()

    async def told() -> dict[str, list[str]] | None:
        new = {who: (await direct(backstage, who))[len(before[who]) :] for who in before}
        return new if all("verified: probe port is now 8123" in "".join(texts) for texts in new.values()) else None

    new = await until("what the bot told its people directly", told)
    await backstage.control("channels", id=backstage.channel, members=[*PEOPLE, BOT])
    result = await backstage.result(card)

    assert all(sum("verified" in text for text in texts) == 1 for texts in new.values())
    assert "✅ *verified: probe port is now 8123*" in result
    assert len(await backstage.cloud.modify_calls(backstage.backend)) == 1


async def test_an_approved_change_that_is_taken_back_is_told_to_who_approved_it(stage: Stage) -> None:
    running, waiting = await stage.asks(8123), await stage.asks(8124, backend=stage.siblings[0])
    await stage.cloud.fault(POLL, "hold_before")
    await stage.presses("bob", running, APPROVE)
    await stage.cloud.until_held()
    await stage.presses("bob", waiting, APPROVE)
    await stage.reply(waiting, "progress", name(running))
    await stage.presses("alice", waiting, CANCEL)
    result = await stage.result(waiting)

    told, record = result.split("\n")
    assert told == f"↩️ <@U0BOB>: <@U0ALICE> cancelled {name(waiting)} before it ran. Nothing was changed."
    assert record.startswith("The record up to here: `")

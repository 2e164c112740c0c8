"""Slack's requests over HTTP, to real processes: what people see is the same."""

import pytest

from bot.slack.cards import APPROVE, REJECT
from bot.slack.wording import Wording
from tests.story.backstage import Backstage
from tests.story.stage import buttons, name
from tests.story.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_approved_change_runs_once_and_everything_about_it_is_told(backstage: Backstage) -> None:
    bot = await backstage.bot_by_http()
    card = await backstage.asks(8123)
    result = await backstage.approved(card)
    card = await backstage.card("✅ *Succeeded and verified*", of=card)
    ready = (await backstage.http.get(f"{bot.url}/readyz")).json()
    code = await bot.stop()

    assert "✅ *verified: probe port is now 8123*" in result
    assert len(await backstage.cloud.modify_calls(backstage.backend)) == 1
    assert await backstage.cloud.probe_port(backstage.backend) == 8123
    assert await backstage.thread(card) == ["progress", "result"]
    assert buttons(card) == []
    assert await backstage.seen_by("alice") == []  # the receipt gave way to the card
    assert [(check["name"], check["ok"]) for check in ready["checks"]] == [
        ("database", True),
        ("slack", True),
        ("bot_token", True),
    ]
    assert code == 0


async def test_a_rejection_goes_through_its_form_and_refusals_reach_their_person(backstage: Backstage) -> None:
    await backstage.bot_by_http()
    await backstage.types("carla", "/lb probe-port")
    refused = await backstage.told("carla", "`/lb probe-port")
    card = await backstage.asks(8123)
    await backstage.presses("alice", card, APPROVE)
    own = await backstage.told("alice", "a second person has to approve")
    await backstage.presses("bob", card, REJECT)
    empty = await backstage.submits("bob", " ")
    done = await backstage.submits("bob", "not during the sale")
    card = await backstage.card("not during the sale", of=card)

    assert refused
    assert own
    assert empty["errors"] == {"note": Wording("en").say("modal/reject/empty")}
    assert done["ok"]
    assert await backstage.forms("bob") == []
    assert backstage.record.state(name(card)) == "REJECTED"
    assert buttons(card) == []
    assert await backstage.cloud.modify_calls(backstage.backend) == []


async def test_a_bot_that_starts_anew_at_another_port_goes_on_where_the_one_before_it_ended(
    backstage: Backstage,
) -> None:
    first = await backstage.bot_by_http()
    card = await backstage.asks(8123)
    await first.kill()
    second = await backstage.bot_by_http()
    result = await backstage.approved(card)

    assert first.requests != second.requests
    assert "✅ *verified: probe port is now 8123*" in result
    assert len(await backstage.cloud.modify_calls(backstage.backend)) == 1


async def test_what_slack_did_not_sign_is_turned_away_and_the_log_says_why(backstage: Backstage) -> None:
    before = len(backstage.world.log("countersign"))
    bot = await backstage.bot_by_http()
    text = "command=%2Flb&text=help&user_id=U0ALICE&channel_id=C0STORY&trigger_id=canary"
    forged = await backstage.http.post(
        bot.requests, content=text, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    broken = await backstage.http.post(bot.requests, content=b"\xff{")

    async def both() -> str | None:
        log = backstage.world.log("countersign")[before:]
        return log if log.count("a request was turned away") == 2 else None

    log = await until("both in the log", both)
    assert (forged.status_code, broken.status_code) == (401, 400)
    assert "a body that is not UTF-8" in log
    assert "canary" not in log
    assert "Traceback" not in log

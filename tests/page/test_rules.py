"""What the policy lets people do, as they see it: the demo's policy, real bot, both stand-ins, Chromium."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sandbox.demo import COMMAND, LOAD_BALANCER, policy_in
from bot.sandbox.world import World, world
from tests.page.conftest import OpenPage
from tests.page.hands import message, overflows, picture, type_in

RUN_MS = 60_000.0  # the demo listener's health is watched for 12 s
WIDTHS = pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
EMERGENCY = COMMAND.replace("probe-port", "emergency probe-port", 1)


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as opened:
        await opened.start_bot({"COUNTERSIGN_POLICY": str(policy_in(tmp_path))})
        yield opened


@WIDTHS
async def test_an_emergency_is_loud_and_stays_until_somebody_else_signs_it(
    product: World, open_page: OpenPage, width: int
) -> None:
    breaking = await open_page(f"{product.slack.url}/as/alice/incident-42", width=width)
    await type_in(breaking, EMERGENCY)
    card = message(breaking, "EMERGENCY CR-1: probe port 8080 → 12345").first
    await expect(card).to_contain_text("Nobody approved this: @alice broke the glass")
    await expect(card).to_contain_text("Please look: @approvers")
    await expect(card).to_contain_text("Succeeded and verified", timeout=RUN_MS)
    if width > 760:
        await picture(breaking, "emergency")

    reviewing = await open_page(f"{product.slack.url}/as/bob/incident-42", width=width)
    await type_in(reviewing, "/lb pending")
    await expect(message(reviewing, "What waits")).to_contain_text("/lb review CR-1 <what you found>")
    await type_in(reviewing, "/lb review CR-1 the old port was dead")
    await expect(card).to_contain_text("Reviewed by @bob")
    assert not await overflows(reviewing)


async def test_what_is_frozen_says_so_on_its_card_and_asks_one_more(product: World, open_page: OpenPage) -> None:
    asking = await open_page(f"{product.slack.url}/as/alice/incident-42", width=390)
    await type_in(asking, f"/lb freeze {LOAD_BALANCER} until 23:59 release week")
    await expect(message(asking, "@alice froze")).to_contain_text("release week")

    await type_in(asking, COMMAND)
    card = message(asking, "CR-1: probe port 8080 → 12345").first
    await expect(card).to_contain_text("Frozen until")
    await expect(card).to_contain_text("1 × any full member, then 1 × approvers")
    assert not await overflows(asking)


async def test_a_grant_lets_others_begin_and_counts_down(product: World, open_page: OpenPage) -> None:
    leading = await open_page(f"{product.slack.url}/as/bob/incident-42")
    await type_in(leading, f"/lb grant probe-port {LOAD_BALANCER} for 30m 2 uses the pool is dry")
    await expect(message(leading, "@bob approves in advance")).to_contain_text("for 2 changes that others ask for")

    asking = await open_page(f"{product.slack.url}/as/alice/incident-42")
    await type_in(asking, COMMAND)
    await expect(message(asking, "CR-1 by @alice begins with G-1")).to_contain_text("1 of 2 left")
    card = message(asking, "CR-1: probe port 8080 → 12345").first
    await expect(card).to_contain_text("Succeeded and verified", timeout=RUN_MS)
    await expect(card).to_contain_text("Approved in advance by @bob (G-1)")
    assert not await overflows(asking)


async def test_the_rules_are_told_to_whoever_asks(product: World, open_page: OpenPage) -> None:
    asking = await open_page(f"{product.slack.url}/as/alice/incident-42", width=390)
    await type_in(asking, "/lb policy")
    told = message(asking, "The rules.")
    await expect(told).to_contain_text("last healthy backend (where facts last_alive)")
    await expect(told).to_contain_text("By approvers, in #incident-*, for 60 min and 3 changes at most.")
    await expect(told).to_contain_text("By approvers or @alice, each 2 in 24 h; reviewed by approvers.")
    await picture(asking, "policy")
    assert not await overflows(asking)

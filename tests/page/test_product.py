"""The product as people see it: real bot, both stand-ins, Chromium. ``PICTURES=1`` renews ``docs/images``."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox.demo import COMMAND
from bot.sandbox.world import World, world
from tests.page.conftest import OpenPage
from tests.page.hands import picture, type_in

RUN_MS = 60_000.0  # the demo listener's health is watched for 12 s
WIDTHS = pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as opened:
        await opened.start_bot()
        yield opened


def card(page: Page) -> Locator:
    return page.get_by_role("article").filter(has_text="CR-1: probe port 8080 → 12345").first


@WIDTHS
async def test_a_second_person_approves_and_the_thread_goes_from_running_to_verified(
    product: World, open_page: OpenPage, width: int
) -> None:
    asking = await open_page(f"{product.slack.url}/as/alice/incident-42", width=width)
    await type_in(asking, COMMAND)
    await expect(card(asking)).to_contain_text("Waiting for a second person")

    deciding = await open_page(f"{product.slack.url}/as/bob/incident-42", width=width)
    await card(deciding).get_by_role("button", name="Approve CR-1").click()
    await deciding.get_by_role("link", name="1 reply").click()

    thread = deciding.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("running:", timeout=RUN_MS)
    await expect(thread).to_contain_text("verified: probe port is now 12345 on", timeout=RUN_MS)
    await expect(thread).to_contain_text("Undo: /lb probe-port lb-3f9c2a7d lbl-8k2m4p6q cpm-1x7v9d3h:1234 8080")
    await expect(thread).to_contain_text("Succeeded and verified")
    await expect(thread).to_contain_text("done; the result is below")
    if width > 760:
        await picture(deciding, "thread")
    assert await deciding.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@WIDTHS
async def test_rejecting_asks_for_a_reason_and_tells_the_requester(
    product: World, open_page: OpenPage, width: int
) -> None:
    asking = await open_page(f"{product.slack.url}/as/alice/incident-42", width=width)
    await type_in(asking, COMMAND)

    deciding = await open_page(f"{product.slack.url}/as/bob/incident-42", width=width)
    await card(deciding).get_by_role("button", name="Reject CR-1").click()
    form = deciding.get_by_role("dialog")
    await expect(form).to_contain_text("Reject CR-1")
    await form.get_by_role("textbox").fill("not during the sale")
    if width <= 760:
        await picture(deciding, "reject")
    await form.get_by_role("button", name="Reject").click()

    await expect(card(asking)).to_contain_text("Rejected by @bob")
    await expect(card(asking)).to_contain_text("not during the sale")
    await expect(card(asking).get_by_role("button", name="Approve CR-1")).to_have_count(0)


async def test_a_wrong_line_is_answered_to_its_writer_alone_with_a_line_to_copy(
    product: World, open_page: OpenPage
) -> None:
    asking = await open_page(f"{product.slack.url}/as/alice/incident-42")
    bystander = await open_page(f"{product.slack.url}/as/bob/incident-42")

    await type_in(asking, "/lb probe-prt lb-3f9c2a7d cpm-1x7v9d3h:1234 123456 health endpoint moved")

    answer = asking.get_by_role("article").filter(has_text="Copy and correct")
    await expect(answer).to_contain_text("Did you mean probe-port?")
    await expect(answer).to_contain_text("Only visible to you")
    await picture(asking, "refusal")
    await expect(bystander.get_by_role("article").filter(has_text="Copy and correct")).to_have_count(0)


async def test_the_requester_cannot_approve_and_is_told_so(product: World, open_page: OpenPage) -> None:
    asking = await open_page(f"{product.slack.url}/as/alice/incident-42")
    await type_in(asking, COMMAND)

    await card(asking).get_by_role("button", name="Approve CR-1").click()

    await expect(asking.get_by_text("a second person has to approve")).to_be_visible()
    await expect(card(asking)).to_contain_text("Waiting for a second person")

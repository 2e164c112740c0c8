"""The page without a mouse."""

import pytest
from playwright.async_api import Page, expect

from tests.page.conftest import OpenPage
from tests.page.hands import message

FOCUSED = "document.activeElement.ariaLabel || document.activeElement.textContent.trim()"


async def tab_to(page: Page, label: str, *, key: str = "Tab", most: int = 40) -> None:
    """Press ``key`` until what has the focus is called ``label``."""
    for _ in range(most):
        await page.keyboard.press(key)
        if await page.evaluate(FOCUSED) == label:
            return
    pytest.fail(f"{label} was not reached with {key}")


async def test_a_card_is_asked_for_and_rejected_with_the_keyboard_alone(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    await expect(page.get_by_label("Message incident-42")).to_be_focused()
    await page.keyboard.type("/lb card")
    await page.keyboard.press("Enter")
    await expect(message(page, "Set probe port")).to_be_visible()

    await tab_to(page, "Reject", key="Shift+Tab")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    await page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Reject CR-1?")
    await expect(question).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    focused = await page.evaluate(FOCUSED)
    await page.keyboard.press("Enter")
    await tab_to(page, "Reject")
    await page.keyboard.press("Enter")

    await expect(message(page, "Rejected by @alice")).to_be_visible()
    assert outline == "solid"
    assert focused == "Reject"


async def test_a_modal_is_filled_in_and_left_with_the_keyboard_alone(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    modal = page.get_by_role("dialog", name="Change a probe port")
    await page.keyboard.type("/lb ask")
    await page.keyboard.press("Enter")
    await expect(modal.get_by_label("New probe port")).to_be_focused()

    await page.keyboard.type("http")
    await page.keyboard.press("Enter")
    await expect(modal.get_by_text("A port is a number")).to_be_visible()
    await tab_to(page, "Close")  # round the end: what lies behind the modal is out of reach
    await page.keyboard.press("Escape")

    await expect(modal).to_have_count(0)
    await expect(page.get_by_label("Message incident-42")).to_be_focused()


async def test_escape_closes_the_thread(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/bob/incident-42")
    await page.keyboard.type("/lb card")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Reject", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()
    await tab_to(page, "1 reply", key="Shift+Tab")
    await page.keyboard.press("Enter")
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_be_visible()
    await page.wait_for_load_state()  # the thread is drawn before the script that hears Escape has come

    await page.keyboard.press("Escape")

    await expect(thread).to_have_count(0)


async def test_the_first_tab_stop_leads_past_everything_to_writing(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/bob/incident-42", width=390)  # where nothing has the focus yet

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to writing")).to_be_in_viewport(ratio=1)
    await page.keyboard.press("Enter")

    await expect(page.get_by_label("Message incident-42")).to_be_focused()


async def test_new_messages_are_announced_politely(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/bob/incident-42")

    await expect(page.get_by_role("log", name="Messages in incident-42")).to_have_attribute("aria-live", "polite")

"""The same page where scripts don't run: forms and links alone."""

from playwright.async_api import Page, expect

from bot.sandbox.slack.workspace import Workspace
from tests.page.conftest import OpenPage
from tests.page.hands import message, type_in


async def reloaded_until(page: Page, workspace: Workspace, text: str) -> None:
    """Load the page again after each change until it shows ``text``, as its reader would."""
    seen = -1
    while text not in await page.content():
        seen = await workspace.wait_for_change(seen)
        await page.get_by_role("link", name="load it again").click()


async def test_a_card_is_asked_for_and_rejected(slack: str, open_page: OpenPage, workspace: Workspace) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", scripts=False)
    await type_in(page, "/lb card")
    await reloaded_until(page, workspace, "Set probe port")

    await page.get_by_role("button", name="Reject", exact=True).click()
    question = page.get_by_role("dialog", name="Reject CR-1?")
    await expect(question).to_be_visible()
    await question.get_by_role("button", name="Reject").click()

    await reloaded_until(page, workspace, "Rejected by")
    await expect(message(page, "Rejected by @alice")).to_be_visible()


async def test_a_modal_shows_its_error_and_keeps_what_was_typed(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", scripts=False)
    await type_in(page, "/lb ask")
    await reloaded_until(page, workspace, "Change a probe port")
    port = page.get_by_label("New probe port")

    await port.fill("http")
    await page.get_by_role("button", name="Ask").click()
    await expect(port).to_have_accessible_description("A port is a number; you gave “http”.")
    await expect(port).to_have_value("http")
    await page.get_by_role("button", name="Back").click()

    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_select_sends_what_was_chosen(slack: str, open_page: OpenPage, workspace: Workspace) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", scripts=False)
    await type_in(page, "/lb card")
    await reloaded_until(page, workspace, "Remind")

    await page.get_by_label("Remind").select_option("in 5 minutes")
    await page.get_by_role("button", name="Choose").click()

    await reloaded_until(page, workspace, "You are reminded in 5 minutes.")


async def test_an_error_stands_at_the_composer_with_the_text(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", scripts=False)

    await type_in(page, "/nothing here")

    await expect(page.locator(".composer .outcome")).to_contain_text("/nothing is not a valid command")
    await expect(page.get_by_label("Message incident-42")).to_have_value("/nothing here")

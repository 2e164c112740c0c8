"""One card, from the command to the decision, as three people see it on their own pages."""

import re

import pytest
from playwright.async_api import expect

from tests.page.conftest import OpenPage
from tests.page.hands import message, overflows, type_in

WIDTHS = pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])
HEADLINE = "Set probe port 80 → 8081 on web-frontend"


@WIDTHS
async def test_a_card_is_asked_for_refused_to_its_asker_and_approved_by_another(
    slack: str, open_page: OpenPage, width: int
) -> None:
    alice = await open_page(f"{slack}/as/alice/incident-42", width=width)
    bob = await open_page(f"{slack}/as/bob/incident-42", width=width)

    await type_in(alice, "/lb card")
    await expect(bob.get_by_role("heading", name=HEADLINE)).to_be_in_viewport()
    await expect(message(alice, HEADLINE).locator(".tag")).to_have_text("APP")

    await alice.get_by_role("button", name="Approve change CR-1").click()
    refusal = message(alice, "You can't approve your own change.")
    await expect(refusal).to_contain_text("Only visible to you")
    await expect(refusal).to_be_in_viewport()

    await bob.get_by_role("button", name="Approve change CR-1").click()
    for page in (alice, bob):
        card = message(page, HEADLINE)
        await expect(card).to_contain_text("Approved by @bob")
        await expect(card).to_contain_text("(edited)")
        await expect(card.get_by_role("button")).to_have_count(0)
        await expect(card.get_by_role("link", name="1 reply")).to_be_visible()
        assert not await overflows(page)
    await expect(bob.get_by_text("You can't approve your own change.")).to_have_count(0)


@WIDTHS
async def test_a_thread_opens_shows_its_newest_reply_and_leads_back(
    slack: str, open_page: OpenPage, width: int
) -> None:
    page = await open_page(f"{slack}/as/bob/incident-42", width=width)
    alice = await open_page(f"{slack}/as/alice/incident-42")
    await type_in(alice, "/lb card")
    await page.get_by_role("button", name="Approve change CR-1").click()

    await page.get_by_role("link", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("▓▓▓▓░░░░")).to_be_in_viewport()
    await expect(page.get_by_role("main")).to_be_visible(visible=width == 1280)
    assert not await overflows(page)

    await thread.get_by_role("link", name=re.compile("Back|Close")).click()
    await expect(thread).to_have_count(0)
    await expect(page.get_by_role("main")).to_be_visible()


@WIDTHS
async def test_a_confirm_dialog_stands_between_a_press_and_the_app(slack: str, open_page: OpenPage, width: int) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", width=width)
    await type_in(page, "/lb card")
    reject = page.locator("#messages").get_by_role("button", name="Reject", exact=True)
    question = page.get_by_role("dialog", name="Reject CR-1?")

    await reject.click()
    await expect(question).to_contain_text("web-frontend stays as it is.")
    await question.get_by_role("button", name="Keep").click()
    await expect(question).to_be_hidden()
    await expect(reject).to_be_visible()

    await reject.click()
    await question.get_by_role("button", name="Reject").click()
    await expect(page.locator("#messages")).to_contain_text("Rejected by @alice")


@WIDTHS
async def test_a_modal_shows_its_error_at_the_field_and_closes_when_it_is_mended(
    slack: str, open_page: OpenPage, width: int
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", width=width)
    await type_in(page, "/lb ask")
    modal = page.get_by_role("dialog", name="Change a probe port")
    port = modal.get_by_label("New probe port")

    await port.fill("http")
    await modal.get_by_label("Why").fill("half a reason")
    await modal.get_by_role("button", name="Ask").click()
    await expect(port).to_have_accessible_description("A port is a number; you gave “http”.")
    await expect(port).to_be_focused()
    await expect(port).to_have_value("http")
    await expect(modal.get_by_label("Why")).to_have_value("half a reason")
    assert not await overflows(page)

    await port.fill("8081")
    await port.press("Enter")
    await expect(modal).to_have_count(0)
    await expect(page.locator("#messages")).to_contain_text("asks for probe port 8081.")


async def test_what_the_client_itself_wants_is_said_at_the_field(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    await type_in(page, "/lb ask")

    await page.get_by_role("button", name="Ask").click()

    await expect(page.get_by_label("New probe port")).to_have_accessible_description(
        "Please complete this required field."
    )


async def test_modals_stack_and_keep_what_was_typed_below(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    await type_in(page, "/lb ask")

    await page.get_by_role("button", name="What is a probe port?").click()
    explanation = page.get_by_role("dialog", name="Probe ports")
    await expect(explanation).to_contain_text("2 windows open")
    await explanation.get_by_role("button", name="Got it").click()

    await expect(page.get_by_role("dialog", name="Change a probe port")).to_be_visible()


async def test_a_select_and_a_menu_send_what_was_chosen(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    await type_in(page, "/lb card")

    await page.get_by_label("Remind").select_option("in an hour")
    await page.get_by_role("button", name="Choose").click()
    await expect(page.get_by_text("You are reminded in 60 minutes.")).to_be_in_viewport()

    await page.get_by_label("More actions").click()
    await page.get_by_role("button", name="Show the record").click()
    await expect(page.get_by_text("The record is empty.")).to_be_in_viewport()
    await expect(page.get_by_role("button", name="Show the record")).to_be_hidden()


@WIDTHS
async def test_who_switches_person_sees_the_same_channel_with_their_eyes(
    slack: str, open_page: OpenPage, width: int
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", width=width)
    await type_in(page, "/lb nonsense")
    await expect(page.get_by_text("is no command")).to_be_visible()

    if width < 760:
        await page.get_by_role("link", name="You are alice: act as somebody else").click()
    await page.get_by_role("navigation", name="Act as").get_by_role("link", name="carla").click()

    await expect(page).to_have_url(f"{slack}/as/U0CARLA/C0INCIDENT")
    await expect(page.get_by_role("heading", name="incident-42")).to_be_visible()
    await expect(page.get_by_text("is no command")).to_have_count(0)

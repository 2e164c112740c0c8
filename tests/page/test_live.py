"""An open page follows what happens without being loaded again, and takes nothing out of the reader's hands."""

import pytest
from playwright.async_api import Locator, expect

from bot.sandbox.slack.workspace import Workspace
from tests.page.conftest import OpenPage
from tests.page.hands import message, say, type_in

LINES = 60


async def top_of(line: Locator) -> float:
    return float(await line.evaluate("line => line.getBoundingClientRect().top"))


async def test_news_arrive_while_the_half_typed_text_its_caret_and_the_focus_stay(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    composer = page.get_by_label("Message incident-42")
    await composer.fill("/lb probe-port half")
    await composer.press("ArrowLeft")

    say(workspace, "news from bob")

    await expect(message(page, "news from bob")).to_be_in_viewport()
    await expect(composer).to_be_focused()
    await expect(composer).to_have_value("/lb probe-port half")
    assert await composer.evaluate("field => field.selectionStart") == len("/lb probe-port hal")


async def test_the_focus_stays_on_a_button_of_a_message_that_changes(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    await type_in(page, "/lb card")
    approve = page.get_by_role("button", name="Approve change CR-1")
    await approve.focus()
    card = workspace.messages("C0INCIDENT", viewer="U0ALICE")[-1]

    say(workspace, "a reply", thread_ts=card.ts)

    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()
    await expect(approve).to_be_focused()


async def test_an_open_question_survives_a_change_elsewhere_in_its_message(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")
    await type_in(page, "/lb card")
    await page.get_by_role("button", name="Reject", exact=True).click()
    card = workspace.messages("C0INCIDENT", viewer="U0ALICE")[-1]

    say(workspace, "a reply", thread_ts=card.ts)

    await expect(page.locator(".replies")).to_have_text("1 reply")
    await expect(page.get_by_role("dialog", name="Reject CR-1?")).to_be_visible()
    assert await page.evaluate("document.querySelector('dialog.confirm').matches(':modal')")


async def test_the_newest_message_is_in_sight_at_once_and_stays_so(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    for number in range(LINES):
        say(workspace, f"line {number}.")
    page = await open_page(f"{slack}/as/alice/incident-42")
    await expect(message(page, f"line {LINES - 1}.")).to_be_in_viewport()

    say(workspace, "one more")

    await expect(message(page, "one more")).to_be_in_viewport(ratio=1)


async def test_who_reads_further_up_is_left_there_and_told_of_the_newest(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    for number in range(LINES):
        say(workspace, f"line {number}.")
    page = await open_page(f"{slack}/as/alice/incident-42")
    early = message(page, "line 10.")
    await early.scroll_into_view_if_needed()
    before = await top_of(early)

    say(workspace, "one more\nof three\nlines")

    newest = page.get_by_role("button", name="Newest message")
    await expect(newest).to_be_visible()
    assert await top_of(early) == pytest.approx(before, abs=1)  # a browser scrolls by whole pixels
    await newest.click()
    await expect(message(page, "one more")).to_be_in_viewport(ratio=1)
    await expect(newest).to_be_hidden()


async def test_an_answer_only_for_the_reader_comes_into_sight_wherever_they_are(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    for number in range(LINES):
        say(workspace, f"line {number}.")
    page = await open_page(f"{slack}/as/alice/incident-42")
    await message(page, "line 10.").scroll_into_view_if_needed()

    say(workspace, "for you alone", user="U0COUNTER", ephemeral_to="U0ALICE")

    await expect(message(page, "for you alone")).to_be_in_viewport(ratio=1)


async def test_a_message_that_is_removed_disappears(slack: str, open_page: OpenPage, workspace: Workspace) -> None:
    said = say(workspace, "too much")
    page = await open_page(f"{slack}/as/alice/incident-42")
    await expect(message(page, "too much")).to_be_visible()

    workspace.remove(said)

    await expect(message(page, "too much")).to_have_count(0)


async def test_a_draft_outlives_a_look_at_a_thread(slack: str, open_page: OpenPage, workspace: Workspace) -> None:
    parent = say(workspace, "parent")
    say(workspace, "reply", thread_ts=parent.ts)
    page = await open_page(f"{slack}/as/alice/incident-42")
    composer = page.get_by_label("Message incident-42")
    await composer.fill("half a thought")

    await page.get_by_role("link", name="1 reply").click()

    await expect(page.get_by_role("complementary", name="Thread")).to_contain_text("reply")
    await expect(composer).to_have_value("half a thought")


async def test_an_error_stands_at_the_composer_and_gives_the_text_back(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")

    await type_in(page, "/nothing here")

    await expect(page.get_by_role("alert").filter(has_text="/nothing is not a valid command")).to_be_visible()
    await expect(page.get_by_label("Message incident-42")).to_have_value("/nothing here")


async def test_times_are_written_in_the_readers_own_zone(slack: str, open_page: OpenPage, workspace: Workspace) -> None:
    say(workspace, "until <!date^1700000000^{date_num} {time_secs}|some day>")
    page = await open_page(f"{slack}/as/alice/incident-42")

    shown = await message(page, "until").locator(".text time").inner_text()

    zone = "Intl.DateTimeFormat('sv', {dateStyle: 'short', timeStyle: 'medium'}).format(1700000000000)"
    assert shown == await page.evaluate(zone)


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<b>*bold*"])
async def test_what_people_type_is_text(slack: str, open_page: OpenPage, text: str) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42")

    await type_in(page, text)

    await expect(page.locator("#messages .text")).to_have_text(text.replace("*", ""))


async def test_a_channel_with_something_unread_says_so_until_it_is_looked_at(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    page = await open_page(f"{slack}/as/alice/quiet")
    incident = page.get_by_role("navigation", name="Channels").get_by_role("link", name="incident-42")

    say(workspace, "news")
    await expect(incident).to_have_accessible_name("incident-42 new")
    await incident.click()
    await expect(message(page, "news")).to_be_visible()

    await expect(incident).to_have_accessible_name("incident-42")

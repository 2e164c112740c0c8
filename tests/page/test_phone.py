"""The page on a phone, 390 pixels wide."""

from playwright.async_api import Page, expect

from bot.sandbox.slack.workspace import Workspace
from tests.page.conftest import OpenPage
from tests.page.hands import message, overflows, say, type_in

PHONE = 390
LEAST = 44  # pixels a finger needs
# What is pressed and in sight, but for links inside a sentence and choices whose label is pressed.
SMALL = """
[...document.querySelectorAll("button, summary, select, input:not([type=hidden]), nav a, .bar a, a.replies, .choice")]
  .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.matches(".unseen, .choice input"))
  .filter((each) => each.getBoundingClientRect().height < LEAST)
  .map((each) => each.outerHTML)
""".replace("LEAST", str(LEAST))


async def too_small(page: Page) -> list[str]:
    found = await page.evaluate(SMALL)
    return [str(each) for each in found]


async def test_everything_pressed_is_large_enough_and_nothing_overflows(
    slack: str, open_page: OpenPage, workspace: Workspace
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", width=PHONE)
    await type_in(page, "/lb card")
    await expect(message(page, "Set probe port")).to_be_visible()
    card = workspace.messages("C0INCIDENT", viewer="U0ALICE")[-1]
    say(
        workspace,
        "`" + "long-" * 60 + "` " + "wide" * 90 + " <https://x.example/" + "path" * 60 + ">",
        thread_ts=card.ts,
    )

    await expect(page.get_by_role("link", name="1 reply")).to_be_visible()
    assert (await too_small(page), await overflows(page)) == ([], False)

    await page.get_by_role("link", name="1 reply").click()
    await expect(page.get_by_role("complementary", name="Thread").get_by_text("wide")).to_be_visible()
    assert (await too_small(page), await overflows(page)) == ([], False)

    await page.get_by_role("link", name="Back to incident-42").click()
    await type_in(page, "/lb ask")
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert (await too_small(page), await overflows(page)) == ([], False)


async def test_channels_and_people_are_a_view_of_their_own(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", width=PHONE)
    people = page.get_by_role("navigation", name="Act as")
    await expect(people).to_be_hidden()

    await page.get_by_role("link", name="Channels and people").click()
    await expect(people).to_be_visible()
    assert (await too_small(page), await overflows(page)) == ([], False)
    await page.get_by_role("link", name="Back to incident-42").click()

    await expect(people).to_be_hidden()


async def test_the_keyboard_of_the_phone_stays_down_until_somebody_writes(slack: str, open_page: OpenPage) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", width=PHONE)

    await expect(page.get_by_label("Message incident-42")).not_to_be_focused()


async def test_dark_and_light_follow_the_reader(slack: str, open_page: OpenPage) -> None:
    grounds = [
        await (await open_page(f"{slack}/as/alice/quiet", width=PHONE, dark=dark)).evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for dark in (False, True)
    ]

    assert grounds == ["rgb(255, 255, 255)", "rgb(22, 25, 27)"]

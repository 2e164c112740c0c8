"""What the tests of this room do again and again on a page."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page

from bot.sandbox.slack.workspace import Message, Workspace

INCIDENT = "C0INCIDENT"
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


async def type_in(page: Page, text: str) -> None:
    """Type ``text`` into #incident-42 and send it."""
    composer = page.get_by_label("Message incident-42")
    await composer.fill(text)
    await composer.press("Enter")


async def picture(page: Page, name: str) -> None:
    """Keep what ``page`` shows as a picture of the docs, where ``PICTURES`` is set."""
    if os.environ.get("PICTURES"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=IMAGES / f"{name}.png")


async def overflows(page: Page) -> bool:
    """Whether the page has to be scrolled sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def message(page: Page, text: str) -> Locator:
    """Return the channel's message that holds ``text``."""
    return page.locator("#messages").get_by_role("article").filter(has_text=text)


def say(workspace: Workspace, text: str, *, user: str = "U0BOB", **facts: Any) -> Message:  # noqa: ANN401 - of Message
    """Let ``user`` say ``text`` in #incident-42 while everybody looks."""
    return workspace.post(Message(ts=workspace.new_ts(), channel=INCIDENT, user=user, text=text, **facts))

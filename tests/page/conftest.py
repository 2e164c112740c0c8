"""Headless Chromium in front of a sandbox: ``browser``, ``open_page``, and a sandbox Slack with a tiny app in it."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Protocol

import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.serving import serving
from bot.sandbox.slack.seed import seeded
from bot.sandbox.slack.server import build
from bot.sandbox.slack.workspace import Workspace
from tests.page.tiny_app import connected

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 15_000.0  # milliseconds until a page that doesn't show what a test waits for fails it


class OpenPage(Protocol):
    """Opens ``address`` in a browser context of its own, as wide as a desktop unless told otherwise."""

    async def __call__(self, address: str, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> Page: ...


def chromium(environment: Mapping[str, str]) -> str:
    """Return the path of Chromium; without one a page test fails, it is never skipped."""
    named, path = environment.get("CHROMIUM"), environment.get("PATH")
    names = (named,) if named else ("chromium", "google-chrome")
    found = next((place for name in names if (place := shutil.which(name, path=path))), None)
    if found is None:
        pytest.fail(
            f"The page tests need Chromium, and there is no {' or '.join(names)}: run 'apt-get install chromium' as "
            "root, or set CHROMIUM=/path/to/chromium.",
            pytrace=False,
        )
    return found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium of the machine's own."""
    path = chromium(os.environ)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield started
        await started.close()


@pytest.fixture
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """A factory of pages; what any of them complains about on its console fails the test at its end."""
    complaints: list[str] = []
    async with AsyncExitStack() as contexts:

        async def opened(address: str, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> Page:
            context = await browser.new_context(
                viewport={"width": width, "height": 800 if width > 760 else 844},
                color_scheme="dark" if dark else "light",
                has_touch=width <= 760,
                java_script_enabled=scripts,
                reduced_motion="reduce",
            )
            contexts.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = await context.new_page()
            page.on("console", lambda line: complaints.append(f"{line.type}: {line.text}"))
            page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
            await page.goto(address)
            return page

        yield opened
    assert complaints == []


@pytest.fixture
def workspace() -> Workspace:
    """The seeded workspace that ``slack`` serves."""
    return seeded()


@pytest.fixture
async def slack(workspace: Workspace) -> AsyncIterator[str]:
    """The address of a sandbox Slack with the tiny app connected to it."""
    async with serving(build(workspace)) as address, connected(address):
        yield address

"""People and user groups, changed on the page while all runs."""

import httpx
import pytest
from playwright.async_api import Page, expect

from bot.sandbox.slack.workspace import Workspace
from tests.page.conftest import OpenPage
from tests.page.hands import overflows


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_person_becomes_a_guest_and_is_deactivated(
    slack: str, open_page: OpenPage, workspace: Workspace, *, scripts: bool
) -> None:
    page = await open_page(f"{slack}/as/alice/incident-42", scripts=scripts)
    await page.get_by_role("link", name="People and groups").click()

    await change(page, workspace, "carla", "guest")
    guest = workspace.users["U0CARLA"].is_restricted
    await change(page, workspace, "carla", "deactivated")
    await expect(page.get_by_role("combobox", name="carla")).to_have_value("deactivated")

    assert guest
    assert workspace.users["U0CARLA"].deleted
    assert not workspace.users["U0CARLA"].is_guest


async def change(page: Page, workspace: Workspace, name: str, kind: str) -> None:
    """Make somebody what ``kind`` says, and wait until it is so."""
    since = workspace.revision
    await page.get_by_role("combobox", name=name).select_option(kind)
    await page.get_by_role("button", name=f"Change {name}").click()
    await workspace.wait_for_change(since)


async def test_a_group_gets_other_people_and_is_disabled(slack: str, open_page: OpenPage, workspace: Workspace) -> None:
    page = await open_page(f"{slack}/directory")
    group = page.get_by_role("group", name="@approvers")

    await group.get_by_label("bob").uncheck()
    await group.get_by_label("alice").check()
    since = workspace.revision
    await group.get_by_role("button", name="Change @approvers").click()
    since = await workspace.wait_for_change(since)
    members = workspace.usergroups["S0APPROVE"].members
    await group.get_by_label("disabled").check()
    await group.get_by_role("button", name="Change @approvers").click()
    await workspace.wait_for_change(since)
    await expect(group.get_by_label("disabled")).to_be_checked()

    assert set(members) == {"U0ALICE", "U0CARLA"}
    assert workspace.usergroups["S0APPROVE"].disabled


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
async def test_the_directory_fits_a_desk_and_a_phone(
    slack: str, open_page: OpenPage, width: int, *, dark: bool
) -> None:
    page = await open_page(f"{slack}/directory", width=width, dark=dark)

    assert not await overflows(page)


@pytest.mark.parametrize(
    ("path", "form", "origin", "status"),
    [
        ("people/U0BOB", "kind=deactivated", "https://elsewhere.example", 403),
        ("groups/S0APPROVE", "members=U0ALICE", "https://elsewhere.example", 403),
        ("people/U0NOBODY", "kind=guest", None, 404),
        ("people/U0BOB", "kind=king", None, 404),
        ("groups/S0NOWHERE", "members=U0BOB", None, 404),
        ("groups/S0APPROVE", "members=U0NOBODY", None, 404),
    ],
)
async def test_what_makes_no_sense_or_comes_from_elsewhere_changes_nothing(
    slack: str, workspace: Workspace, path: str, form: str, origin: str | None, status: int
) -> None:
    before = (dict(workspace.users), dict(workspace.usergroups))
    headers = {"Origin": origin or slack, "Content-Type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{slack}/directory/{path}", content=form, headers=headers)

    assert answer.status_code == status
    assert (workspace.users, workspace.usergroups) == before

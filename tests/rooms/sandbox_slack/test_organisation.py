"""An app that is installed in a whole Enterprise organisation (Slack fact sheet, section 14)."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.slack.platform import Options
from bot.sandbox.slack.seed import ORGANISATION
from tests.rooms.sandbox_slack.conftest import Opener
from tests.rooms.sandbox_slack.stand_in import INCIDENT, Bare, Slack, actions, button, modal

HERE, SISTER = "T0SANDBOX", "T0SISTER"


@pytest.fixture
async def slack(opened: Opener) -> AsyncIterator[Slack]:
    async with opened(Options(), ORGANISATION) as running:
        yield running


async def test_the_token_is_the_organisation_s(slack: Slack) -> None:
    answer = await slack.api("auth.test")

    assert (answer["is_enterprise_install"], answer["enterprise_id"]) == (True, "E0SANDBOX")


async def test_its_people_have_their_organisation_and_outsiders_have_none(slack: Slack) -> None:
    dora = (await slack.api("users.info", user="W0DORA"))["user"]
    stranger = (await slack.api("users.info", user="U0STRANGE"))["user"]

    assert dora["enterprise_user"]["enterprise_id"] == "E0SANDBOX"
    assert dora["enterprise_user"]["teams"] == [dora["team_id"]] == [SISTER]
    assert "enterprise_user" not in stranger


async def test_a_command_names_workspace_and_organisation(slack: Slack, app: Bare) -> None:
    payload, _ = await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"))

    assert (payload["team_id"], payload["enterprise_id"], payload["enterprise_name"]) == (
        HERE, "E0SANDBOX", "Sandbox Works",
    )  # fmt: skip
    assert payload["is_enterprise_install"] == "true"


async def test_an_interaction_names_no_workspace_but_its_person_s(slack: Slack, app: Bare) -> None:
    ts = await slack.post(blocks=[actions(button())])
    press = slack.do("press", user="W0DORA", channel=INCIDENT, ts=ts, action_id="go")
    payload, _ = await slack.answered(app, press)

    assert payload["team"] is None
    assert payload["user"]["team_id"] == SISTER
    assert payload["enterprise"] == {"id": "E0SANDBOX", "name": "Sandbox Works"}
    assert payload["is_enterprise_install"] is True


async def test_a_modal_is_the_organisation_s(slack: Slack, app: Bare) -> None:
    opened = await slack.api("views.open", trigger_id=await slack.trigger(app), view=modal())

    assert opened["view"]["app_installed_team_id"] == "E0SANDBOX"


async def test_user_groups_are_asked_for_by_workspace(slack: Slack) -> None:
    await slack.do("usergroups", id="S0SISTER", team=SISTER, members=["dora"])

    nowhere = await slack.api("usergroups.list")
    elsewhere = await slack.api("usergroups.list", team_id="T0OTHER")
    sister = await slack.api("usergroups.list", team_id=SISTER, include_users=True)
    members = await slack.api("usergroups.users.list", usergroup="S0SISTER", team_id=SISTER)
    unnamed = await slack.api("usergroups.users.list", usergroup="S0SISTER")
    not_there = await slack.api("usergroups.users.list", usergroup="S0SISTER", team_id=HERE)

    assert (nowhere["error"], elsewhere["error"]) == ("missing_argument", "invalid_team")
    assert [(group["id"], group["users"]) for group in sister["usergroups"]] == [("S0SISTER", ["W0DORA"])]
    assert members["users"] == ["W0DORA"]
    assert (unnamed["error"], not_there["error"]) == ("invalid_arguments", "no_such_subteam")

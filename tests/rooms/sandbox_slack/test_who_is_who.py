"""Users with the flags an approval looks at, groups, the bot and the workspace."""

import pytest

from tests.rooms.sandbox_slack.stand_in import INCIDENT, Slack


async def test_a_locale_shows_only_where_asked_for_and_never_of_an_outsider(slack: Slack) -> None:
    asked = await slack.api("users.info", user="U0CARLA", include_locale=True)
    not_asked = await slack.api("users.info", user="U0CARLA")
    outsider = await slack.api("users.info", user="U0STRANGE", include_locale=True)

    assert asked["user"]["locale"] == "zh-CN"
    assert "locale" not in not_asked["user"]
    assert "locale" not in outsider["user"]


async def test_a_time_zone_shows_with_its_offset_of_now_and_where_it_is_known(slack: Slack) -> None:
    known = (await slack.api("users.info", user="U0CARLA"))["user"]
    await slack.do("users", id="carla", tz="Mars/Base")
    unknown = (await slack.api("users.info", user="U0CARLA"))["user"]
    await slack.do("users", id="carla", tz="")
    none = (await slack.api("users.info", user="U0CARLA"))["user"]

    assert (known["tz"], known["tz_label"], known["tz_offset"]) == ("Asia/Shanghai", "CST", 8 * 3600)
    assert (unknown["tz"], "tz_offset" in unknown) == ("Mars/Base", False)
    assert "tz" not in none


@pytest.mark.parametrize(
    ("user", "flag"),
    [("U0GUEST", "is_ultra_restricted"), ("U0GONE", "deleted"), ("U0STRANGE", "is_stranger"), ("U0COUNTER", "is_bot")],
)
async def test_each_kind_of_user_who_may_not_approve_has_its_flag(slack: Slack, user: str, flag: str) -> None:
    of_them = (await slack.api("users.info", user=user))["user"]
    of_alice = (await slack.api("users.info", user="U0ALICE"))["user"]

    assert of_them[flag] is True
    assert of_alice.get(flag, False) is False


async def test_an_outsider_has_another_team_and_is_seen_only_through_a_shared_channel(slack: Slack) -> None:
    seen = await slack.api("users.info", user="U0STRANGE")
    await slack.do("channels", id=INCIDENT, members=["alice", "countersign"])

    unseen = await slack.api("users.info", user="U0STRANGE")

    assert seen["user"]["team_id"] == "T0OTHER"
    assert unseen["error"] == "user_not_visible"


async def test_nobody_is_not_found(slack: Slack) -> None:
    assert (await slack.api("users.info", user="U0NOBODY"))["error"] == "user_not_found"


async def test_the_list_holds_the_workspaces_own_users(slack: Slack) -> None:
    members = (await slack.api("users.list", include_locale=True))["members"]

    names = {user["name"] for user in members}
    assert names == {"alice", "bob", "carla", "gustav", "gone", "countersign"}


async def test_a_person_deactivated_meanwhile_is_deleted_and_can_do_nothing(slack: Slack) -> None:
    await slack.do("users", id="bob", deleted=True)

    user = (await slack.api("users.info", user="U0BOB"))["user"]
    outcome = await slack.do("type", user="bob", channel=INCIDENT, text="hello")

    assert user["deleted"] is True
    assert outcome["ok"] is False


async def test_user_groups_tell_their_members_where_asked(slack: Slack) -> None:
    await slack.do("usergroups", id="S0LATER", handle="later", members=["alice"], disabled=True)

    brief = await slack.api("usergroups.list")
    full = await slack.api("usergroups.list", include_users=True, include_disabled=True, include_count=True)
    members = await slack.api("usergroups.users.list", usergroup="S0APPROVE")
    disabled = await slack.api("usergroups.users.list", usergroup="S0LATER")

    assert [group["handle"] for group in brief["usergroups"]] == ["approvers"]
    assert "users" not in brief["usergroups"][0]
    assert [(group["users"], group["date_delete"] != 0) for group in full["usergroups"]] == [
        (["U0BOB", "U0CARLA"], False),
        (["U0ALICE"], True),
    ]
    assert members["users"] == ["U0BOB", "U0CARLA"]
    assert disabled["error"] == "no_such_subteam"


async def test_what_is_no_person_has_its_flag(slack: Slack) -> None:
    await slack.do("users", id="U0FLOW", is_workflow_bot=True)

    of_it = (await slack.api("users.info", user="U0FLOW"))["user"]
    of_bob = (await slack.api("users.info", user="U0BOB"))["user"]

    assert (of_it["is_workflow_bot"], of_it["is_bot"]) == (True, False)
    assert of_bob["is_workflow_bot"] is False


async def test_the_bot_and_the_workspace_have_their_own_records(slack: Slack) -> None:
    bot, team = await slack.api("bots.info", bot="B0COUNTER"), await slack.api("team.info")
    lost = [await slack.api("bots.info", bot="B0OTHER"), await slack.api("team.info", team="T0OTHER")]

    assert (bot["bot"]["app_id"], bot["bot"]["user_id"]) == ("A0SANDBOX", "U0COUNTER")
    assert team["team"]["domain"] == "sandbox"
    assert [answer["error"] for answer in lost] == ["bot_not_found", "team_not_found"]

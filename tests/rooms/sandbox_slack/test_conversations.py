"""What the app can find out about conversations, and how it gets into them."""

import pytest

from tests.rooms.sandbox_slack.stand_in import INCIDENT, OLD, QUIET, SECRET, Slack


async def test_a_channel_with_an_outsider_in_it_is_an_external_one(slack: Slack) -> None:
    shared = await slack.api("conversations.info", channel=INCIDENT, include_num_members=True)
    internal = await slack.api("conversations.info", channel=QUIET, include_locale=True)

    assert (shared["channel"]["is_ext_shared"], shared["channel"]["num_members"]) == (True, 6)
    assert shared["channel"]["is_member"] is True
    assert (internal["channel"]["is_ext_shared"], internal["channel"]["is_member"]) == (False, False)
    assert internal["channel"]["locale"] == "en-US"


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "conversations.history"])
async def test_a_private_channel_without_the_bot_is_not_found(slack: Slack, method: str) -> None:
    assert (await slack.api(method, channel=SECRET))["error"] == "channel_not_found"


async def test_members_come_in_pages(slack: Slack) -> None:
    first = await slack.api("conversations.members", channel=INCIDENT, limit=4)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await slack.api("conversations.members", channel=INCIDENT, limit=4, cursor=cursor)

    assert len(first["members"]) == 4
    assert {*first["members"], *rest["members"]} == {"U0ALICE", "U0BOB", "U0CARLA", "U0GUEST", "U0STRANGE", "U0COUNTER"}
    assert rest["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize(
    ("args", "error"),
    [({"cursor": "!"}, "invalid_cursor"), ({"cursor": "bm8="}, "invalid_cursor"), ({"limit": "many"}, "invalid_limit")],
)
async def test_a_page_out_of_nowhere_is_refused(slack: Slack, args: dict[str, str], error: str) -> None:
    assert (await slack.api("conversations.members", channel=INCIDENT, **args))["error"] == error


async def test_the_list_holds_the_kinds_asked_for_as_far_as_the_bot_sees(slack: Slack) -> None:
    await slack.api("chat.postMessage", channel="U0BOB", text="hi")

    usual = await slack.api("conversations.list")
    others = await slack.api("conversations.list", types="private_channel,im")
    open_ones = await slack.api("conversations.list", exclude_archived=True)
    odd = await slack.api("conversations.list", types="secret_channel")

    assert {channel["id"] for channel in usual["channels"]} == {INCIDENT, QUIET, OLD}
    assert [channel["user"] for channel in others["channels"]] == ["U0BOB"]
    assert {channel["id"] for channel in open_ones["channels"]} == {INCIDENT, QUIET}
    assert odd["error"] == "invalid_types"


async def test_history_is_newest_first_within_its_window(slack: Slack) -> None:
    stamps = [await slack.post(text) for text in ("one", "two", "three", "four")]

    window = await slack.api("conversations.history", channel=INCIDENT, oldest=stamps[0], latest=stamps[3])
    whole = await slack.api(
        "conversations.history", channel=INCIDENT, oldest=stamps[0], latest=stamps[3], inclusive=True, limit=3
    )
    bad = await slack.api("conversations.history", channel=INCIDENT, oldest="yesterday")

    assert [message["text"] for message in window["messages"]] == ["three", "two"]
    assert [message["text"] for message in whole["messages"]] == ["four", "three", "two"]
    assert whole["has_more"] is True
    assert bad["error"] == "invalid_ts_oldest"


async def test_history_is_for_members_and_limits_its_pages(slack: Slack) -> None:
    outside = await slack.api("conversations.history", channel=QUIET)
    replies = await slack.api("conversations.replies", channel=QUIET, ts="1.0")
    greedy = await slack.api("conversations.history", channel=INCIDENT, limit=1000)

    assert (outside["error"], replies["error"]) == ("not_in_channel", "channel_not_found")
    assert greedy["error"] == "invalid_arguments"


async def test_a_thread_is_its_parent_and_then_the_oldest_reply(slack: Slack) -> None:
    parent = await slack.post("parent")
    for text in ("one", "two"):
        await slack.post(text, thread_ts=parent)

    thread = await slack.api("conversations.replies", channel=INCIDENT, ts=parent)
    lost = await slack.api("conversations.replies", channel=INCIDENT, ts="1.0")

    assert [message["text"] for message in thread["messages"]] == ["parent", "one", "two"]
    assert thread["messages"][0]["reply_count"] == 2
    assert lost["error"] == "thread_not_found"


async def test_joining_is_for_public_channels_that_live(slack: Slack) -> None:
    dm = (await slack.api("conversations.open", users="U0BOB"))["channel"]["id"]

    joined = await slack.api("conversations.join", channel=QUIET)
    again = await slack.api("conversations.join", channel=QUIET)
    errors = [(await slack.api("conversations.join", channel=place))["error"] for place in (OLD, SECRET, dm)]

    assert joined["channel"]["is_member"] is True
    assert again["warning"] == "already_in_channel"
    assert errors == ["is_archived", "channel_not_found", "method_not_supported_for_channel_type"]


async def test_opening_direct_messages_says_whether_they_were_open(slack: Slack) -> None:
    first = await slack.api("conversations.open", users="U0BOB")
    again = await slack.api("conversations.open", channel=first["channel"]["id"], return_im=True)

    assert "already_open" not in first
    assert again["already_open"] is True
    assert again["channel"]["user"] == "U0BOB"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "users_list_not_supplied"),
        ({"users": "U0NOBODY"}, "user_not_found"),
        ({"users": "U0GONE"}, "user_disabled"),
        ({"users": "U0ALICE,U0BOB"}, "method_not_supported_for_channel_type"),
        ({"users": ",".join(["U0BOB"] * 9)}, "too_many_users"),
        ({"channel": INCIDENT}, "method_not_supported_for_channel_type"),
        ({"channel": "D0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_direct_messages_open_with_one_person_who_is_there(
    slack: Slack, args: dict[str, str], error: str
) -> None:
    assert (await slack.api("conversations.open", **args))["error"] == error

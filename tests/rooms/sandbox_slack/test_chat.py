"""Posting, changing and deleting messages, as far as Slack lets an app."""

from bot.sandbox.slack.app import SCOPES, App
from bot.sandbox.slack.platform import Options
from tests.rooms.sandbox_slack.conftest import Opener
from tests.rooms.sandbox_slack.stand_in import INCIDENT, OLD, QUIET, SECRET, Slack, actions, button, section

METADATA = {"event_type": "change_requested", "event_payload": {"change": "CR-1"}}


async def test_a_post_returns_the_message_as_stored(slack: Slack) -> None:
    answer = await slack.api("chat.postMessage", channel=INCIDENT, text="a < b", blocks=[actions(button())])

    assert (answer["channel"], answer["message"]["text"]) == (INCIDENT, "a &lt; b")
    assert (answer["message"]["bot_id"], answer["message"]["user"]) == ("B0COUNTER", "U0COUNTER")
    assert len(answer["message"]["blocks"][0]["block_id"]) == 5
    assert answer["message"]["blocks"][0]["elements"][0]["text"]["emoji"] is True


async def test_where_the_bot_may_not_write_each_place_has_its_own_refusal(slack: Slack) -> None:
    places = [QUIET, SECRET, OLD, "C0NOWHERE", "U0GONE", "U0COUNTER"]

    errors = [(await slack.api("chat.postMessage", channel=place, text="hi"))["error"] for place in places]

    gone = "channel_not_found"
    assert errors == ["not_in_channel", gone, "is_archived", gone, gone, gone]


async def test_with_the_public_scope_membership_of_a_public_channel_is_not_needed(opened: Opener) -> None:
    async with opened(Options(app=App(scopes=SCOPES | {"chat:write.public"}))) as slack:
        assert (await slack.api("chat.postMessage", channel="#quiet", text="hi"))["ok"]


async def test_a_post_to_a_person_opens_their_direct_messages(slack: Slack) -> None:
    first = await slack.api("chat.postMessage", channel="U0BOB", text="one")
    second = await slack.api("chat.postMessage", channel="U0BOB", text="two")

    assert first["channel"] == second["channel"]
    assert first["channel"].startswith("D")
    assert [m["text"] for m in await slack.messages("bob", first["channel"])] == ["one", "two"]
    assert await slack.messages("alice", first["channel"]) == []


async def test_a_message_needs_something_to_say(slack: Slack) -> None:
    assert (await slack.api("chat.postMessage", channel=INCIDENT))["error"] == "no_text"


async def test_a_reply_goes_below_its_parent_and_only_below_one_that_is_there(slack: Slack) -> None:
    parent = await slack.post("parent")
    await slack.post("first", thread_ts=parent)
    await slack.post("seen above", thread_ts=parent, reply_broadcast=True)

    lost = await slack.api("chat.postMessage", channel=INCIDENT, text="x", thread_ts="1.000001")

    top = await slack.messages()
    assert [message["text"] for message in top] == ["parent", "seen above"]
    assert [reply["text"] for reply in top[0]["replies"]] == ["first", "seen above"]
    assert top[0]["reply_count"] == 2
    assert lost["error"] == "cannot_reply_to_message"


async def test_text_beyond_forty_thousand_characters_is_cut_with_a_warning(slack: Slack) -> None:
    answer = await slack.api("chat.postMessage", channel=INCIDENT, text="x" * 40_001)

    assert len(answer["message"]["text"]) == 40_000
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]


async def test_metadata_comes_back_in_full_only_where_asked_for(slack: Slack) -> None:
    await slack.post(metadata=METADATA)

    brief = await slack.api("conversations.history", channel=INCIDENT)
    full = await slack.api("conversations.history", channel=INCIDENT, include_all_metadata=True)

    assert brief["messages"][0]["metadata"] == {"event_type": "change_requested"}
    assert full["messages"][0]["metadata"] == METADATA


async def test_metadata_out_of_form_or_too_large_is_refused(slack: Slack) -> None:
    large = {"event_type": "x", "event_payload": {"a": "x" * 9000}}

    odd = await slack.api("chat.postMessage", channel=INCIDENT, text="x", metadata={"event_type": "x"})
    too_large = await slack.api("chat.postMessage", channel=INCIDENT, text="x", metadata=large)

    assert (odd["error"], too_large["error"]) == ("invalid_metadata_format", "metadata_too_large")


async def test_an_update_keeps_what_it_does_not_name(slack: Slack) -> None:
    ts = await slack.post(blocks=[section("old")], metadata=METADATA)

    kept = await slack.api("chat.update", channel=INCIDENT, ts=ts, text="new")
    emptied = await slack.api("chat.update", channel=INCIDENT, ts=ts, text="bare", blocks=[], metadata={})

    assert kept["text"] == "new"
    assert kept["message"]["blocks"][0]["text"]["text"] == "old"
    assert kept["message"]["metadata"] == METADATA
    assert "edited" in kept["message"]
    assert "blocks" not in emptied["message"]
    assert "metadata" not in emptied["message"]


async def test_only_own_messages_that_are_there_can_be_changed(slack: Slack) -> None:
    ts = await slack.post()
    await slack.do("type", user="alice", channel=INCIDENT, text="hello")
    hers = (await slack.messages())[-1]["ts"]

    async def error(**args: object) -> str:
        return str((await slack.api("chat.update", **({"channel": INCIDENT, "ts": ts, "text": "x"} | args)))["error"])

    assert await error(ts="1.000001") == "message_not_found"
    assert await error(ts=hers) == "cant_update_message"
    assert await error(channel="U0ALICE") == "channel_not_found"
    assert await error(text="x" * 4001) == "msg_too_long"
    assert await error(text="") == "no_text"


async def test_a_message_in_an_archived_channel_is_frozen(slack: Slack) -> None:
    ts = await slack.post()
    await slack.do("channels", id=INCIDENT, is_archived=True)

    answer = await slack.api("chat.update", channel=INCIDENT, ts=ts, text="x")

    assert answer["error"] == "is_inactive"


async def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_found_again(slack: Slack) -> None:
    answer = await slack.api("chat.postEphemeral", channel=INCIDENT, user="U0ALICE", text="psst")
    ts = answer["message_ts"]

    update = await slack.api("chat.update", channel=INCIDENT, ts=ts, text="x")
    delete = await slack.api("chat.delete", channel=INCIDENT, ts=ts)
    history = await slack.api("conversations.history", channel=INCIDENT)

    assert [message["ephemeral_to"] for message in await slack.messages("alice")] == ["U0ALICE"]
    assert await slack.messages("bob") == []
    assert (update["error"], delete["error"]) == ("message_not_found", "message_not_found")
    assert history["messages"] == []


async def test_an_ephemeral_message_needs_both_in_the_channel(slack: Slack) -> None:
    async def error(channel: str, user: str) -> str:
        return str((await slack.api("chat.postEphemeral", channel=channel, user=user, text="x"))["error"])

    assert await error(INCIDENT, "U0GONE") == "user_not_in_channel"
    assert await error(QUIET, "U0ALICE") == "not_in_channel"


async def test_deleting_is_for_own_messages_and_takes_a_reply_off_the_count(slack: Slack) -> None:
    parent = await slack.post()
    reply = await slack.post(thread_ts=parent)
    await slack.do("type", user="alice", channel=INCIDENT, text="mine")
    hers = (await slack.messages())[-1]["ts"]

    done = await slack.api("chat.delete", channel=INCIDENT, ts=reply)
    refused = await slack.api("chat.delete", channel=INCIDENT, ts=hers)

    assert done["ok"]
    assert (await slack.messages())[0]["reply_count"] == 0
    assert refused["error"] == "cant_delete_message"


async def test_of_a_deleted_parent_with_replies_a_tombstone_stays(slack: Slack) -> None:
    parent = await slack.post()
    await slack.post("reply", thread_ts=parent)
    await slack.fault("message_deleted", channel=INCIDENT, ts=parent)

    update = await slack.api("chat.update", channel=INCIDENT, ts=parent, text="x")
    replies = await slack.api("conversations.replies", channel=INCIDENT, ts=parent)

    assert update["error"] == "message_not_found"
    assert [(m.get("subtype"), m["text"]) for m in replies["messages"]] == [
        ("tombstone", "This message was deleted."),
        (None, "reply"),
    ]


async def test_a_permalink_names_channel_message_and_thread(slack: Slack) -> None:
    parent = await slack.post()
    reply = await slack.post(thread_ts=parent)

    top = await slack.api("chat.getPermalink", channel=INCIDENT, message_ts=parent)
    below = await slack.api("chat.getPermalink", channel=INCIDENT, message_ts=reply)
    lost = await slack.api("chat.getPermalink", channel=INCIDENT, message_ts="1.0")

    assert top["permalink"] == f"https://sandbox.slack.com/archives/{INCIDENT}/p{parent.replace('.', '')}"
    assert below["permalink"].endswith(f"?thread_ts={parent}&cid={INCIDENT}")
    assert lost["error"] == "message_not_found"


async def test_a_reaction_and_a_pin_stick_once(slack: Slack) -> None:
    ts = await slack.post()
    reaction = {"channel": INCIDENT, "timestamp": ts, "name": "eyes"}

    reacted = [(await slack.api("reactions.add", **reaction)).get("error") for _ in range(2)]
    pinned = [(await slack.api("pins.add", channel=INCIDENT, timestamp=ts)).get("error") for _ in range(2)]
    odd = await slack.api("reactions.add", **(reaction | {"name": "no such name!"}))

    assert reacted == [None, "already_reacted"]
    assert pinned == [None, "already_pinned"]
    assert odd["error"] == "invalid_name"
    message = (await slack.api("conversations.history", channel=INCIDENT))["messages"][0]
    assert message["reactions"] == [{"name": "eyes", "users": ["U0COUNTER"], "count": 1}]
    assert message["pinned_to"] == [INCIDENT]

"""What a person types, what the app is told of it, and what its ack does (Slack fact sheet, section 1)."""

import re

import pytest

from bot.sandbox.slack.app import App
from bot.sandbox.slack.platform import Options
from tests.rooms.sandbox_slack.conftest import Opener
from tests.rooms.sandbox_slack.stand_in import INCIDENT, OLD, QUIET, SECRET, Bare, Slack, section


async def test_a_command_has_every_field_of_the_fact_sheet(slack: Slack, app: Bare) -> None:
    payload, outcome = await slack.answered(
        app, slack.do("type", user="alice", channel="incident-42", text="/lb probe-port lb-1 8080")
    )

    assert outcome == {"ok": True, "error": "", "errors": {}}
    assert payload.pop("response_url").startswith(f"{slack.url}/hooks/commands/")
    assert re.fullmatch(r"\d+\.\d+\.[0-9a-f]+", payload.pop("trigger_id"))
    assert payload == {
        "token": "verification-token",
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": INCIDENT,
        "channel_name": "incident-42",
        "user_id": "U0ALICE",
        "user_name": "alice",
        "command": "/lb",
        "text": "probe-port lb-1 8080",
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
    }


async def test_a_command_may_be_typed_where_the_bot_is_not(slack: Slack, app: Bare) -> None:
    quiet, _ = await slack.answered(app, slack.do("type", user="alice", channel=QUIET, text="/lb"))
    secret, _ = await slack.answered(app, slack.do("type", user="alice", channel=SECRET, text="/lb"))
    dm = (await slack.api("conversations.open", users="U0ALICE"))["channel"]["id"]
    direct, _ = await slack.answered(app, slack.do("type", user="alice", channel=dm, text="/lb"))

    names = [payload["channel_name"] for payload in (quiet, secret, direct)]
    assert names == ["quiet", "privategroup", "directmessage"]


@pytest.mark.parametrize(
    ("escaping", "text"),
    [(True, "undo <@U0BOB> <#C0SECRET|> &amp; &lt;!channel&gt;"), (False, "undo @bob #secret & <!channel>")],
)
async def test_mentions_become_ids_only_where_the_manifest_says_should_escape(
    opened: Opener, escaping: bool, text: str
) -> None:
    async with opened(Options(app=App(commands={"/lb": escaping}))) as slack:
        typed = slack.do("type", user="alice", channel=INCIDENT, text="/lb undo @bob #secret & <!channel>")
        payload, _ = await slack.answered(await slack.app(), typed)

        assert payload["text"] == text


@pytest.mark.parametrize(
    ("user", "channel", "text", "says"),
    [
        ("alice", INCIDENT, "/nope", "/nope is not a valid command"),
        ("stranger", INCIDENT, "/lb help", "/lb is not a valid command"),
        ("gone", INCIDENT, "/lb help", "can't do anything"),
        ("countersign", INCIDENT, "/lb help", "can't do anything"),
        ("bob", SECRET, "/lb help", "bob isn't in #secret"),
        ("alice", OLD, "/lb help", "archived"),
        ("nobody", INCIDENT, "/lb help", "nobody called 'nobody'"),
        ("alice", "nowhere", "/lb help", "no channel called 'nowhere'"),
    ],
)
async def test_who_cannot_type_there_is_told_and_the_app_hears_nothing(
    slack: Slack, user: str, channel: str, text: str, says: str
) -> None:
    outcome = await slack.do("type", user=user, channel=channel, text=text)

    assert outcome["ok"] is False
    assert says in outcome["error"]
    assert await slack.listing("deliveries") == []


async def test_a_guest_may_type_a_command_in_a_channel_they_are_in(slack: Slack, app: Bare) -> None:
    payload, outcome = await slack.answered(app, slack.do("type", user="gustav", channel=INCIDENT, text="/lb"))

    assert (payload["user_id"], outcome["ok"]) == ("U0GUEST", True)


async def test_plain_words_are_a_message_without_the_app(slack: Slack) -> None:
    await slack.do("type", user="alice", channel=INCIDENT, text="port <b> is down")

    message = (await slack.messages("bob"))[0]
    assert (message["user"], message["text"], message["by_app"]) == ("U0ALICE", "port &lt;b&gt; is down", False)
    assert await slack.listing("deliveries") == []


async def test_an_empty_ack_shows_nothing(slack: Slack, app: Bare) -> None:
    await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb help"))

    assert await slack.messages() == []


async def test_an_ack_with_text_is_seen_by_the_person_alone(slack: Slack, app: Bare) -> None:
    answer = {"text": "Try this", "blocks": [section("*Try* this")]}

    await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"), answer)

    message = (await slack.messages("alice"))[0]
    assert (message["text"], message["ephemeral_to"], message["by_app"]) == ("Try this", "U0ALICE", True)
    assert await slack.messages("bob") == []


async def test_an_ack_in_channel_shows_the_line_that_was_typed_too(slack: Slack, app: Bare) -> None:
    answer = {"response_type": "in_channel", "text": "Here"}

    await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb status"), answer)
    echo = {"response_type": "in_channel"}
    await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"), echo)

    seen = [(message["user"], message["text"]) for message in await slack.messages("bob")]
    assert seen == [("U0ALICE", "/lb status"), ("U0COUNTER", "Here"), ("U0ALICE", "/lb")]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"text": "x", "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"text": "x", "response_type": "in_channel", "blocks": [{"type": "marquee"}]}, "invalid_blocks"),
        ({"text": "x", "response_type": "loud"}, "invalid_payload"),
    ],
)
async def test_an_ack_slack_cannot_use_is_an_error_line_and_recorded(
    slack: Slack, app: Bare, answer: dict[str, object], reason: str
) -> None:
    typed = slack.do("type", user="alice", channel=INCIDENT, text="/lb")

    _, outcome = await slack.answered(app, typed, answer)

    assert outcome["error"] == '/lb failed with the error "invalid_command_response"'
    assert (await slack.listing("deliveries"))[0]["refused"] == reason
    assert await slack.messages() == []

"""Answers to an interaction by its response URL (Slack fact sheet, section 3)."""

import httpx
import pytest

from tests.rooms.sandbox_slack.stand_in import INCIDENT, SECRET, Bare, Json, Slack, actions, button, section


async def command_url(slack: Slack, app: Bare, answer: Json | None = None, channel: str = INCIDENT) -> str:
    typed = slack.do("type", user="alice", channel=channel, text="/lb")
    payload, _ = await slack.answered(app, typed, answer)
    return str(payload["response_url"])


async def press_url(slack: Slack, app: Bare, ts: str) -> str:
    press = slack.do("press", user="alice", channel=INCIDENT, ts=ts, action_id="go")
    payload, _ = await slack.answered(app, press)
    return str(payload["response_url"])


async def say(slack: Slack, url: str, **body: object) -> httpx.Response:
    return await slack.http.post(url, json=body)


async def test_an_answer_is_ephemeral_unless_it_says_otherwise(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app)

    first = await say(slack, url, text="only you")
    await say(slack, url, text="everybody", response_type="in_channel")

    assert (first.status_code, first.text) == (200, "ok")
    assert [message["text"] for message in await slack.messages("alice")] == ["only you", "everybody"]
    assert [message["text"] for message in await slack.messages("bob")] == ["everybody"]


async def test_the_sixth_answer_is_one_too_many(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app)

    statuses = [(await say(slack, url, text=f"{n}")).status_code for n in range(5)]
    sixth = await say(slack, url, text="6")

    assert statuses == [200] * 5
    assert (sixth.status_code, sixth.json()) == (404, {"ok": False, "error": "used_url"})


async def test_after_thirty_minutes_there_is_no_answering(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app)
    await slack.advance(30 * 60)
    in_time = await say(slack, url, text="x")
    await slack.advance(1)

    too_late = await say(slack, url, text="x")

    assert in_time.status_code == 200
    assert (too_late.status_code, too_late.json()["error"]) == (404, "expired_url")


async def test_an_invented_url_is_not_there(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app)

    assert (await say(slack, url + "0", text="x")).status_code == 404


async def test_it_works_where_the_bot_is_not(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app, channel=SECRET)

    assert (await say(slack, url, text="psst", response_type="in_channel")).status_code == 200
    assert [message["text"] for message in await slack.messages("alice", SECRET)] == ["psst"]


async def test_for_a_command_replacing_means_the_apps_last_reply(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app, {"text": "working"})

    await say(slack, url, text="done", replace_original=True)
    await slack.do("type", user="alice", channel=INCIDENT, text="mine")

    texts = [message["text"] for message in await slack.messages("alice")]
    assert texts == ["done", "mine"]


async def test_for_a_command_without_a_reply_replacing_posts(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app)

    await say(slack, url, text="done", replace_original=True)

    assert [message["text"] for message in await slack.messages("alice")] == ["done"]


async def test_for_a_press_replacing_means_the_message_and_visibility_stays(slack: Slack, app: Bare) -> None:
    blocks = [actions(button("go"))]
    whisper = await slack.api("chat.postEphemeral", channel=INCIDENT, user="U0ALICE", text="x", blocks=blocks)
    url = await press_url(slack, app, whisper["message_ts"])

    await say(slack, url, text="louder", replace_original=True, response_type="in_channel")

    assert [message["text"] for message in await slack.messages("alice")] == ["louder"]
    assert await slack.messages("bob") == []


async def test_deleting_takes_the_message_and_may_say_something_new(slack: Slack, app: Bare) -> None:
    one = await slack.post("one", blocks=[actions(button("go"))])
    two = await slack.post("two", blocks=[actions(button("go"))])

    await say(slack, await press_url(slack, app, one), delete_original=True)
    await say(slack, await press_url(slack, app, two), delete_original=True, text="new", response_type="in_channel")

    assert [message["text"] for message in await slack.messages("bob")] == ["new"]


async def test_a_message_that_is_gone_cannot_be_replaced(slack: Slack, app: Bare) -> None:
    ts = await slack.post(blocks=[actions(button("go"))])
    url = await press_url(slack, app, ts)
    await slack.fault("message_deleted", channel=INCIDENT, ts=ts)

    answer = await say(slack, url, text="x", replace_original=True)

    assert (answer.status_code, answer.json()["error"]) == (404, "message_not_found")


async def test_an_answer_may_go_into_the_thread(slack: Slack, app: Bare) -> None:
    ts = await slack.post(blocks=[actions(button("go"))])
    url = await press_url(slack, app, ts)

    await say(slack, url, text="below", response_type="in_channel", replace_original=False, thread_ts=ts)

    assert [reply["text"] for reply in (await slack.messages())[0]["replies"]] == ["below"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "response_type": "loud"}, "invalid_payload"),
        ({"text": "x", "blocks": [section("")]}, "invalid_blocks"),
    ],
)
async def test_an_answer_that_says_nothing_usable_costs_no_use(slack: Slack, app: Bare, body: Json, error: str) -> None:
    url = await command_url(slack, app)

    refusals = [await say(slack, url, **body) for _ in range(6)]

    assert {(answer.status_code, answer.json()["error"]) for answer in refusals} == {(400, error)}
    assert (await say(slack, url, text="x")).status_code == 200


async def test_an_answer_may_come_as_a_form_but_must_be_readable(slack: Slack, app: Bare) -> None:
    url = await command_url(slack, app)

    form = await slack.http.post(url, data={"payload": '{"text": "by form"}'})
    broken = await slack.http.post(url, data={"payload": "{"})

    assert (form.status_code, broken.status_code) == (200, 400)
    assert [message["text"] for message in await slack.messages("alice")] == ["by form"]

"""How any call is taken and refused, whatever its method."""

import json

import pytest

from bot.sandbox.slack.app import App
from bot.sandbox.slack.platform import Options
from tests.rooms.sandbox_slack.conftest import Opener
from tests.rooms.sandbox_slack.stand_in import APP, BOT, INCIDENT, Slack, section

BEARER = {"Authorization": f"Bearer {BOT}"}


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "chat.postMessage", "not_authed"),
        ("xoxb-nobody", "chat.postMessage", "invalid_auth"),
        (APP, "chat.postMessage", "not_allowed_token_type"),
        (BOT, "apps.connections.open", "not_allowed_token_type"),
        (BOT, "chat.shout", "unknown_method"),
    ],
)
async def test_a_call_without_the_right_token_or_method_is_refused(
    slack: Slack, token: str, method: str, error: str
) -> None:
    answer = await slack.api_as(token, method, channel=INCIDENT, text="hi")

    assert answer["ok"] is False
    assert answer["error"] == error


async def test_a_revoked_token_is_refused_as_revoked_while_the_fault_lasts(slack: Slack) -> None:
    await slack.fault("revoked_token", times=2)

    errors = [(await slack.api("auth.test")).get("error") for _ in range(3)]

    assert errors == ["token_revoked", "token_revoked", None]


async def test_a_missing_scope_is_named_beside_those_the_token_has(opened: Opener) -> None:
    async with opened(Options(app=App(scopes=frozenset({"commands", "users:read"})))) as slack:
        answer = await slack.api("chat.postMessage", channel=INCIDENT, text="hi")

        assert answer["error"] == "missing_scope"
        assert answer["needed"] == "chat:write"
        assert answer["provided"] == "commands,users:read"


async def test_the_scope_that_counts_is_the_one_for_the_kind_of_conversation(opened: Opener) -> None:
    async with opened(Options(app=App(scopes=frozenset({"channels:read", "chat:write"})))) as slack:
        dm = (await slack.api("chat.postMessage", channel="U0ALICE", text="hi"))["channel"]

        answer = await slack.api("conversations.info", channel=dm)

        assert (answer["error"], answer["needed"]) == ("missing_scope", "im:read")


async def test_every_answer_to_a_bot_tells_its_scopes_in_a_header(slack: Slack) -> None:
    answer = await slack.http.post(f"{slack.url}/api/auth.test", headers=BEARER)

    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert answer.json()["bot_id"] == "B0COUNTER"


async def test_arguments_count_whichever_way_they_come(slack: Slack) -> None:
    blocks = [section("hello", block_id="b")]
    url = f"{slack.url}/api/chat.postMessage"

    in_query = await slack.http.post(url, params={"channel": INCIDENT, "text": "query"}, headers=BEARER)
    in_form = await slack.http.post(
        url, data={"channel": INCIDENT, "blocks": json.dumps(blocks), "token": BOT, "unfurl_links": "0"}
    )
    mixed = await slack.http.post(
        f"{url}?channel={INCIDENT}", json={"text": "mixed", "thread_ts": None}, headers=BEARER
    )
    by_get = await slack.http.get(url, params={"channel": INCIDENT, "text": "get"}, headers=BEARER)

    said = [answer.json()["message"]["text"] for answer in (in_query, in_form, mixed, by_get)]
    assert said == ["query", "", "mixed", "get"]
    assert in_form.json()["message"]["blocks"][0]["text"]["text"] == "hello"


@pytest.mark.parametrize("yes", ["1", "true", True, 1])
async def test_a_boolean_may_be_a_word_or_a_number(slack: Slack, yes: object) -> None:
    answer = await slack.api("users.info", user="U0CARLA", include_locale=yes)

    assert answer["user"]["locale"] == "zh-CN"


async def test_a_body_that_cannot_be_read_is_refused(slack: Slack) -> None:
    url, headers = f"{slack.url}/api/auth.test", BEARER | {"Content-Type": "application/json"}

    broken = await slack.http.post(url, content="{", headers=headers)
    listed = await slack.http.post(url, content="[]", headers=headers)
    strange = await slack.http.post(url, content="a", headers=BEARER | {"Content-Type": "text/plain"})

    errors = [answer.json()["error"] for answer in (broken, listed, strange)]
    assert errors == ["invalid_json", "json_not_object", "invalid_post_type"]


async def test_a_charset_too_few_or_too_many_is_warned_about(slack: Slack) -> None:
    url = f"{slack.url}/api/auth.test"

    bare = await slack.http.post(url, content="{}", headers=BEARER | {"Content-Type": "application/json"})
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    heavy = await slack.http.post(url, content="a=1", headers=BEARER | form)

    assert bare.json()["response_metadata"]["warnings"] == ["missing_charset"]
    assert heavy.json()["warning"] == "superfluous_charset"


async def test_a_missing_argument_is_named(slack: Slack) -> None:
    answer = await slack.api("chat.postMessage", text="hi")

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_the_record_of_calls_names_ignored_arguments_and_no_token(slack: Slack) -> None:
    await slack.http.post(f"{slack.url}/api/auth.test", data={"token": BOT, "colour": "red"})

    recorded = (await slack.listing("calls"))[-1]

    assert recorded["method"] == "auth.test"
    assert recorded["args"] == {"colour": "red"}
    assert recorded["ignored"] == ["colour"]
    assert (recorded["ok"], recorded["error"], recorded["at"]) == (True, "", 1_700_000_000.0)


async def test_api_test_answers_what_it_is_asked_for(slack: Slack) -> None:
    fine, asked = await slack.api_as("", "api.test"), await slack.api("api.test", error="my_error")

    assert (fine["ok"], asked["ok"], asked["error"]) == (True, False, "my_error")

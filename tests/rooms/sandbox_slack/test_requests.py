"""HTTP mode: what the app's request URL gets, and what its answer does (Slack fact sheet, sections 1, 2, 5, 7)."""

import json
from urllib.parse import parse_qsl

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from bot.sandbox.slack.app import App
from tests.rooms.sandbox_slack.receiver import Posted, Receiver
from tests.rooms.sandbox_slack.stand_in import INCIDENT, NOW, Bare, Json, Slack, actions, button, modal

DISPATCH_FAILED = '/lb failed with the error "dispatch_failed"'
FINE = {"ok": True, "error": "", "errors": {}}


async def typed(slack: Slack, text: str = "/lb help") -> Json:
    return await slack.do("type", user="alice", channel=INCIDENT, text=text)


async def pressed(slack: Slack) -> Json:
    ts = await slack.post(blocks=[actions(button("go"))])
    return await slack.do("press", user="bob", channel=INCIDENT, ts=ts, action_id="go")


async def form(slack: Slack, bot: Receiver) -> str:
    """Open a modal in front of alice and return its id."""
    await typed(slack)
    trigger = fields(bot.came[-1])["trigger_id"]
    answer = await slack.api("views.open", trigger_id=trigger, view=modal())
    return str(answer["view"]["id"])


async def submitted(slack: Slack, view: str) -> Json:
    return await slack.do("submit", user="alice", view=view, values={"why": {"reason": "too risky"}})


def fields(posted: Posted) -> dict[str, str]:
    return dict(parse_qsl(posted.body.decode(), keep_blank_values=True, strict_parsing=True))


def payload(posted: Posted) -> Json:
    (name, value), *others = fields(posted).items()
    assert (name, others) == ("payload", [])
    return dict(json.loads(value))


async def test_a_command_is_a_form_with_every_field_of_the_fact_sheet(slack: Slack, bot: Receiver) -> None:
    assert await typed(slack, "/lb undo & 重试 100% +1") == FINE

    [posted] = bot.came
    said = fields(posted)
    assert posted.headers["content-type"] == "application/x-www-form-urlencoded"
    assert said.pop("response_url").startswith(f"{slack.url}/hooks/commands/")
    assert said.pop("trigger_id")
    assert said == {
        "token": "verification-token",
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": INCIDENT,
        "channel_name": "incident-42",
        "user_id": "U0ALICE",
        "user_name": "alice",
        "command": "/lb",
        "text": "undo &amp; 重试 100% +1",
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
    }


async def test_an_empty_text_is_a_field_all_the_same(slack: Slack, bot: Receiver) -> None:
    await typed(slack, "/lb")

    assert fields(bot.came[0])["text"] == ""


async def test_an_interaction_is_one_field_of_json(slack: Slack, bot: Receiver) -> None:
    assert await pressed(slack) == FINE

    said = payload(bot.came[0])
    assert (said["type"], said["user"]["id"], said["actions"][0]["action_id"]) == ("block_actions", "U0BOB", "go")
    assert said["response_url"].startswith(f"{slack.url}/hooks/actions/")


async def test_every_request_is_signed_as_slack_s_own_library_wants_it(slack: Slack, bot: Receiver) -> None:
    class Standing:
        def now(self) -> float:
            return NOW

    await typed(slack)
    await pressed(slack)

    good = SignatureVerifier(App().signing_secret, Standing())  # type: ignore[arg-type]  # their clock is a class
    other = SignatureVerifier("another secret", Standing())  # type: ignore[arg-type]  # as above
    assert [good.is_valid_request(posted.body, posted.headers) for posted in bot.came] == [True, True]
    assert [other.is_valid_request(posted.body, posted.headers) for posted in bot.came] == [False, False]


@pytest.mark.parametrize(
    ("said", "seen"), [(None, []), ("Try this", ["Try this"]), ({"text": "Try that"}, ["Try that"])]
)
async def test_the_answer_is_the_ack_s_payload(slack: Slack, bot: Receiver, said: object, seen: list[str]) -> None:
    bot.says(said)

    assert await typed(slack) == FINE
    assert [message["text"] for message in await slack.messages("alice")] == seen
    assert await slack.messages("bob") == []


async def test_the_answer_to_a_form_shows_its_errors_or_closes_it(slack: Slack, bot: Receiver) -> None:
    view = await form(slack, bot)
    bot.says({"response_action": "errors", "errors": {"why": "Say more."}})
    refused = await submitted(slack, view)
    bot.says()
    taken = await submitted(slack, view)

    assert refused["errors"] == {"why": "Say more."}
    assert taken == FINE
    assert await slack.views("alice") == []
    assert payload(bot.came[-1])["view"]["state"]["values"]["why"]["reason"]["value"] == "too risky"


@pytest.mark.parametrize("status", [201, 302, 400, 401, 404, 500])
async def test_any_status_but_200_is_a_failure_that_the_person_sees(slack: Slack, bot: Receiver, status: int) -> None:
    view = await form(slack, bot)
    bot.says("no", status=status)
    outcomes = [await typed(slack), await pressed(slack), await submitted(slack, view)]

    assert [outcome["error"] for outcome in outcomes] == [
        DISPATCH_FAILED,
        "the button shows an error mark: dispatch_failed",
        "We had some trouble connecting. Try again? (dispatch_failed)",
    ]
    assert {one["refused"] for one in (await slack.listing("deliveries"))[1:]} == {f"HTTP {status}"}
    assert len(bot.came) == 4  # neither commands nor interactions are sent again


async def test_an_answer_that_is_no_json_object_is_a_failure(slack: Slack, bot: Receiver) -> None:
    bot.says(["text"])

    assert (await typed(slack))["error"] == DISPATCH_FAILED
    assert (await slack.listing("deliveries"))[0]["refused"] == "an answer that is no JSON object"


async def test_in_http_mode_nothing_goes_over_a_socket_and_without_a_url_it_does_again(
    slack: Slack, bot: Receiver, app: Bare
) -> None:
    await typed(slack)
    await slack.do("request_urls", urls=[])
    await slack.answered(app, typed(slack))

    assert [delivery["socket"] for delivery in await slack.listing("deliveries")] == [None, 1]
    assert len(bot.came) == 1


@pytest.mark.parametrize("urls", ["http://127.0.0.1:3000", ["127.0.0.1:3000"], ["ftp://host/"], [7]])
async def test_what_is_no_request_url_is_refused(slack: Slack, urls: object) -> None:
    answer = await slack.http.post(f"{slack.url}/sandbox/request_urls", json={"urls": urls})

    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert answer.json()["error"]
    assert (await slack.look("request_urls")) == {"urls": []}

"""What Slack posts in HTTP mode passes to Bolt; anything else is turned away before, with a sentence and no more."""

import json
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.slack.door import PATH
from bot.slack.signatures import WINDOW
from bot.slack.wording import Wording
from bot.store.tables import intake
from tests.rooms.slack.edge import ASK
from tests.rooms.slack.requests import FORM, Door, command, is_one_sentence
from tests.rooms.store.ledgers import rows

RECEIPT = Wording("en").say("answer/receipt")
HELP = command()


async def test_a_signed_command_is_stored_and_acknowledged(at: Door) -> None:
    answer = await at.post(HELP)

    assert (answer.status_code, answer.text) == (200, "")
    assert await at.stored() == 1


@pytest.mark.parametrize("reason", ["the payload moved", "payload=x", "a+b & 50% 重试"])
async def test_a_command_s_ack_is_json_whatever_words_it_has(at: Door, reason: str) -> None:
    answer = await at.post(command(f"{ASK.removeprefix('/lb ')} {reason}"))

    assert answer.json() == {"response_type": "ephemeral", "text": RECEIPT}
    [row] = await rows(at.edge.ledger, intake)
    assert str(row["body"]["text"]).endswith(reason)


@pytest.mark.parametrize("ago", [WINDOW, -WINDOW])
async def test_a_request_is_good_for_five_minutes(at: Door, ago: float) -> None:
    assert (await at.post(HELP, at.headers(HELP, ago=ago))).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"ago": WINDOW + 1},
        {"ago": -WINDOW - 1},
        {"secret": "another secret"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v0=" + "é" * 64},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"body": HELP + b"&text=other"},
    ],
    ids=str,
)
async def test_what_slack_did_not_sign_just_now_is_turned_away(at: Door, wrong: dict[str, object]) -> None:
    made = {name: value for name, value in wrong.items() if name in {"ago", "secret"}}
    headers = {**at.headers(HELP, **made), **{n: v for n, v in wrong.items() if n.startswith("X-")}}  # type: ignore[arg-type]  # a table
    raw = [(name, str(value).encode("latin-1")) for name, value in headers.items()]

    answer = await at.http.post(at.url, content=wrong.get("body", HELP), headers=raw)  # type: ignore[arg-type]  # a table

    assert answer.status_code == 401
    assert is_one_sentence(answer)
    assert await at.stored() == 0


async def test_a_request_without_a_signature_is_turned_away(at: Door) -> None:
    assert (await at.post(HELP, {"Content-Type": FORM})).status_code == 401
    assert await at.stored() == 0


async def test_the_same_request_passes_once(at: Door) -> None:
    headers = at.headers(HELP)
    answers = [await at.post(HELP, headers) for _ in range(3)]
    other = await at.post(command(trigger="1.3"))

    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert is_one_sentence(answers[1])
    assert other.status_code == 200
    assert await at.stored() == 2


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 404),
        ("POST", f"{PATH}/", 404),
        ("POST", "/slack/event", 404),
        ("GET", "/metrics", 404),
        ("GET", PATH, 405),
        ("PUT", PATH, 405),
    ],
)
async def test_nothing_else_is_served(at: Door, method: str, path: str, status: int) -> None:
    answer = await at.http.request(method, at.url.removesuffix(PATH) + path, headers=at.headers(HELP), content=HELP)

    assert answer.status_code == status
    assert is_one_sentence(answer)
    assert await at.stored() == 0


async def test_no_websocket_is_taken(at: Door) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(at.url.replace("http://", "ws://"), proxy=None)

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("is_signed", [True, False])
async def test_slack_s_look_at_the_certificate_is_answered_and_asks_for_nothing(at: Door, is_signed: bool) -> None:
    probe = b"ssl_check=1&token=xyz"
    answer = await at.post(probe, at.headers(probe) if is_signed else {"Content-Type": FORM})

    assert (answer.status_code, answer.text) == (200, "")


async def test_an_unsigned_command_is_no_look_at_the_certificate(at: Door) -> None:
    assert (await at.post(HELP + b"&ssl_check=1", {"Content-Type": FORM})).status_code == 401


async def test_bolt_hears_nothing_that_was_not_signed(at: Door) -> None:
    lazy = {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "on_command"}
    answer = await at.http.post(f"{at.url}?a=%ff", content=HELP, headers={**at.headers(HELP), **lazy})

    assert answer.status_code == 200
    assert await at.stored() == 1


async def test_what_no_listener_takes_is_told_to_slack_as_not_found(at: Door) -> None:
    body = urlencode({"payload": json.dumps({"type": "shortcut", "callback_id": "x"})}).encode()
    answer = await at.post(body)

    assert answer.status_code == 404
    assert "Traceback" not in answer.text


async def test_the_log_says_why_and_shows_neither_body_nor_signature(at: Door) -> None:
    headers = at.headers(HELP, secret="another secret")
    with capture_logs() as lines:
        await at.post(HELP, headers)
        await at.post(HELP, {**at.headers(HELP, ago=WINDOW + 1)})
        await at.post(b"payload={canary")

    whys = [str(line["why"]) for line in lines]
    assert [why.split(":")[0] for why in whys] == [
        "a wrong signature",
        "signed too long ago, or in the future",
        "a payload that is no JSON object",
    ]
    shown = str(lines)
    assert not any(secret in shown for secret in ("canary", "text=help", headers["X-Slack-Signature"]))

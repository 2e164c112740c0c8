"""Bad days on request: each fault strikes as often as asked and says that it did."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.rooms.sandbox_slack.stand_in import APP, BOT, INCIDENT, Bare, Slack

BEARER = {"Authorization": f"Bearer {BOT}"}


async def post(slack: Slack, text: str = "hi") -> httpx.Response:
    return await slack.http.post(
        f"{slack.url}/api/chat.postMessage", json={"channel": INCIDENT, "text": text}, headers=BEARER
    )


async def test_a_rate_limit_strikes_the_named_method_alone(slack: Slack) -> None:
    await slack.fault("rate_limited", method="chat.postMessage", retry_after=7, times=2)

    other = await slack.api("auth.test")
    answers = [await post(slack) for _ in range(3)]

    assert other["ok"] is True
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "7"
    assert answers[0].json() == {"ok": False, "error": "ratelimited"}
    assert (await slack.listing("faults"))[0] | {"id": 1} == {
        "id": 1,
        "kind": "rate_limited",
        "method": "chat.postMessage",
        "left": 0,
        "hits": 2,
        "retry_after": 7,
    }


@pytest.mark.parametrize(("kind", "status"), [("http_500", 500), ("http_503", 503)])
async def test_a_server_error_does_nothing_else(slack: Slack, kind: str, status: int) -> None:
    await slack.fault(kind)

    assert (await post(slack)).status_code == status
    assert await slack.messages() == []
    assert (await slack.listing("calls"))[-1]["error"] == kind


async def test_a_page_of_html_may_stand_where_json_should(slack: Slack) -> None:
    await slack.fault("html_body")

    answer = await post(slack)

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_any_error_can_be_asked_for(slack: Slack) -> None:
    await slack.fault("api_error", method="usergroups.list", error="plan_upgrade_required")

    assert (await slack.api("usergroups.list"))["error"] == "plan_upgrade_required"


async def test_a_fault_without_an_end_lasts_until_cleared(slack: Slack) -> None:
    await slack.fault("http_500", times=0)
    statuses = [(await post(slack)).status_code for _ in range(3)]
    await slack.http.delete(f"{slack.url}/sandbox/faults")

    assert statuses == [500] * 3
    assert (await post(slack)).status_code == 200
    assert await slack.listing("faults") == []


async def test_a_call_dropped_before_is_not_made(slack: Slack) -> None:
    await slack.fault("drop_before", method="chat.postMessage")

    with pytest.raises(httpx.RemoteProtocolError):
        await post(slack)

    assert await slack.messages() == []


async def test_a_call_dropped_after_is_made_though_nobody_learns(slack: Slack) -> None:
    await slack.fault("drop_after", method="chat.postMessage")

    with pytest.raises(httpx.RemoteProtocolError):
        await post(slack, "posted anyway")

    assert [message["text"] for message in await slack.messages()] == ["posted anyway"]
    assert (await slack.listing("calls"))[-1]["ok"] is True


async def test_a_slow_answer_comes_when_the_clock_has_moved_on(slack: Slack) -> None:
    await slack.fault("slow", seconds=60)

    answering = asyncio.create_task(post(slack))
    revision = (await slack.look("state?since=0"))["revision"]
    waited = not answering.done()
    await slack.advance(60)

    assert revision > 0
    assert waited
    assert (await answering).status_code == 200


async def test_a_client_that_gives_up_on_a_slow_answer_has_posted_all_the_same(slack: Slack) -> None:
    await slack.fault("slow", seconds=60)

    answering = asyncio.create_task(post(slack))
    await slack.look("state?since=0")
    answering.cancel()

    assert len(await slack.messages()) == 1


async def test_opening_connections_can_fail(slack: Slack) -> None:
    await slack.fault("connections_open_fails")

    first = await slack.api_as(APP, "apps.connections.open")
    second = await slack.api_as(APP, "apps.connections.open")

    assert (first["error"], second["ok"]) == ("internal_error", True)


async def test_a_handshake_can_fail_and_its_ticket_is_spent(slack: Slack) -> None:
    await slack.fault("handshake_failure")
    url = await slack.ticket()

    statuses = []
    for _ in range(2):
        with pytest.raises(InvalidStatus) as refusal:
            await connect(url, proxy=None)
        statuses.append(refusal.value.response.status_code)

    assert statuses == [502, 404]


async def test_a_duplicate_envelope_is_the_same_one_twice(slack: Slack, app: Bare) -> None:
    await slack.fault("duplicate_envelope")

    doing = asyncio.create_task(slack.do("type", user="alice", channel=INCIDENT, text="/lb"))
    first, second = await app.envelope(), await app.envelope()
    await app.ack(first)
    await app.ack(second)
    await doing
    await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"))

    assert first == second
    assert [delivery["acks"] for delivery in await slack.listing("deliveries")] == [2, 1]


async def test_a_lost_ack_is_as_good_as_none(slack: Slack, app: Bare) -> None:
    await slack.fault("ack_lost")

    doing = asyncio.create_task(slack.do("type", user="alice", channel=INCIDENT, text="/lb"))
    await app.ack(await app.envelope(), {"text": "never seen"})
    await (await app.socket.ping())
    await slack.advance(3.1)

    assert "operation_timeout" in (await doing)["error"]
    assert (await slack.listing("deliveries"))[0]["acked_at"] is None
    assert await slack.messages() == []


async def test_a_reconnect_storm_ends_connections_as_often_as_asked(slack: Slack, app: Bare) -> None:
    await slack.fault("reconnect_storm", n=2)

    frames = [await app.frame()]
    again = await slack.app()
    frames.append(await again.frame())
    with pytest.raises(ConnectionClosed):
        await again.frame()
    await slack.app()

    assert [frame["reason"] for frame in frames] == ["refresh_requested"] * 2
    assert (await slack.look("sockets"))["open"] == [3]
    assert (await slack.listing("faults"))[0]["hits"] == 2


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"kind": "earthquake"}, "unknown fault kind 'earthquake'"),
        ({"kind": "slow"}, "slow needs 'seconds'"),
        ({"kind": "http_500", "times": -1}, "times is a whole number"),
        ({"kind": "disconnect", "reason": "boredom"}, "a disconnect's reason is one of"),
        ({"kind": "message_deleted", "channel": INCIDENT, "ts": "1.0"}, "there is no message 1.0"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused_with_the_reason(
    slack: Slack, wish: dict[str, object], says: str
) -> None:
    answer = await slack.http.post(f"{slack.url}/sandbox/faults", json=wish)

    assert answer.status_code == 400
    assert says in answer.json()["error"]

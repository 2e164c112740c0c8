"""Connections and acks, seen through a bare WebSocket (Slack fact sheet, section 8)."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.sandbox.slack.platform import Options
from tests.rooms.sandbox_slack.conftest import Opener
from tests.rooms.sandbox_slack.stand_in import INCIDENT, Bare, Json, Slack


def typing(slack: Slack, text: str = "/lb help") -> asyncio.Task[Json]:
    return asyncio.create_task(slack.do("type", user="alice", channel=INCIDENT, text=text))


async def refused(url: str) -> int:
    with pytest.raises(InvalidStatus) as refusal:
        await connect(url, proxy=None)
    return refusal.value.response.status_code


async def test_hello_counts_the_connections(slack: Slack) -> None:
    await slack.app()
    async with connect(await slack.ticket(), proxy=None) as second:
        hello = json.loads(await second.recv())

    assert (hello["type"], hello["num_connections"]) == ("hello", 2)
    assert hello["connection_info"] == {"app_id": "A0SANDBOX"}


async def test_a_ticket_opens_one_connection_and_only_soon(slack: Slack) -> None:
    used, old = await slack.ticket(), await slack.ticket()
    async with connect(used, proxy=None):
        again = await refused(used)
    await slack.advance(31)

    assert again == 404
    assert await refused(old) == 404
    assert await refused(old.replace("ticket=", "ticket=0")) == 404


async def test_the_eleventh_connection_is_one_too_many(slack: Slack) -> None:
    for _ in range(10):
        await slack.app()

    async with connect(await slack.ticket(), proxy=None) as eleventh:
        frame = json.loads(await eleventh.recv())
        with pytest.raises(ConnectionClosed):
            await eleventh.recv()

    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
    assert len((await slack.look("sockets"))["open"]) == 10


async def test_each_envelope_goes_to_one_connection_in_turn(slack: Slack) -> None:
    apps = [await slack.app() for _ in range(2)]

    for app in (*apps, *apps):
        await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"))

    assert [delivery["socket"] for delivery in await slack.listing("deliveries")] == [1, 2, 1, 2]


async def test_a_drawn_connection_is_the_same_for_the_same_seed(opened: Opener) -> None:
    runs = []
    for _ in range(2):
        async with opened(Options(rotate=False, seed=7)) as slack:
            apps = [await slack.app() for _ in range(3)]
            for _ in range(6):
                doing = typing(slack)
                frames = [asyncio.create_task(app.envelope()) for app in apps]
                done, waiting = await asyncio.wait(frames, return_when=asyncio.FIRST_COMPLETED)
                await apps[0].ack(done.pop().result())
                await doing
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
            runs.append([delivery["socket"] for delivery in await slack.listing("deliveries")])

    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 1


async def test_an_ack_counts_from_any_connection(slack: Slack) -> None:
    one, other = await slack.app(), await slack.app()

    doing = typing(slack)
    await other.ack(await one.envelope())

    assert (await doing)["ok"] is True


async def test_no_ack_in_three_seconds_is_a_time_out_and_a_later_one_is_recorded_as_late(
    slack: Slack, app: Bare
) -> None:
    doing = typing(slack)
    envelope = await app.envelope()
    await slack.advance(3.1)
    outcome = await doing
    await app.ack(envelope, {"text": "too late"})
    _, prompt = await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"))

    late = (await slack.listing("deliveries"))[0]
    assert outcome == {"ok": False, "error": '/lb failed with the error "operation_timeout"', "errors": {}}
    assert (late["late"], late["acked_at"] - late["sent_at"]) == (True, pytest.approx(3.1))
    assert await slack.messages() == []
    assert prompt["ok"] is True


async def test_the_ack_deadline_is_three_seconds_and_not_less(slack: Slack, app: Bare) -> None:
    doing = typing(slack)
    envelope = await app.envelope()
    await slack.advance(2.9)
    await app.ack(envelope)

    assert (await doing)["ok"] is True


async def test_with_nobody_connected_the_person_gets_the_error_line(slack: Slack) -> None:
    outcome = await typing(slack)

    assert outcome["error"] == '/lb failed with the error "dispatch_failed"'
    assert (await slack.listing("deliveries"))[0]["socket"] is None


@pytest.mark.parametrize("frame", ['{"envelope_id": "nobody"}', "not json", "[]"])
async def test_an_ack_that_fits_nothing_is_recorded(slack: Slack, app: Bare, frame: str) -> None:
    await app.socket.send(frame)
    await slack.answered(app, slack.do("type", user="alice", channel=INCIDENT, text="/lb"))

    unknown = (await slack.look("sockets"))["unknown_acks"]
    assert [(ack["frame"], ack["socket"]) for ack in unknown] == [(frame, 1)]


async def test_what_was_on_a_connection_that_ends_is_lost(slack: Slack, app: Bare) -> None:
    doing = typing(slack)
    await app.envelope()
    await app.close()
    await slack.advance(3.1)

    assert "operation_timeout" in (await doing)["error"]
    assert len(await slack.listing("deliveries")) == 1


async def test_a_warning_comes_ten_seconds_before_the_refresh_and_then_the_end(slack: Slack, app: Bare) -> None:
    await slack.fault("disconnect", reason="warning")
    warning = await app.frame()
    await slack.advance(10)
    refresh = await app.frame()
    await slack.advance(2)

    with pytest.raises(ConnectionClosed):
        await app.frame()
    assert [frame["reason"] for frame in (warning, refresh)] == ["warning", "refresh_requested"]


async def test_a_disabled_link_ends_at_once(slack: Slack, app: Bare) -> None:
    await slack.fault("disconnect", reason="link_disabled")

    assert (await app.frame())["reason"] == "link_disabled"
    with pytest.raises(ConnectionClosed):
        await app.frame()


async def test_one_can_wait_for_connections_to_stand(slack: Slack) -> None:
    waiting = asyncio.create_task(slack.look("sockets?at_least=2"))
    await slack.app()
    still_waiting = not waiting.done()
    await slack.app()

    assert still_waiting
    assert (await waiting)["open"] == [1, 2]

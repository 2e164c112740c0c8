"""A write leaves once, whatever happens to its connection."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator

import pytest

from bot.domain.errors import CallNotSent, CallRefused, CallUnanswered
from bot.domain.operation import SetProbePort
from tests.rooms.cloud.conftest import Opener
from tests.rooms.cloud.wire import Act, Arrived, Say, say, wired

CHANGE = SetProbePort(
    load_balancer="lb-abcdefgh", listener="lbl-abcdefgh", host="cpm-abcdefgh", port=1234, probe_port=12345
)
APIS = ["v2", "3.0"]


def accepted(arrived: Arrived) -> Say:
    if arrived.action.startswith("Describe"):
        return say({"code": 0, "data": {"status": 0}, "Response": {"Status": 0, "RequestId": "r"}})
    return say({"code": 0, "requestId": 1234, "Response": {"TaskId": 2385730, "RequestId": "r"}})


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("act", [Act.DROP, Act.RESET, Act.HALF, Act.GARBAGE])
async def test_a_write_whose_connection_breaks_arrives_once_and_is_unanswered(
    api: str, act: Act, opened: Opener, waits: list[float]
) -> None:
    async with wired(lambda _: act) as wire, opened(wire.url, api=api) as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.modify(CHANGE, 0)

    assert len(wire.arrived) == 1
    assert waits == []
    assert raised.value.code == "connection_lost"


@pytest.mark.parametrize("act", [Act.SILENCE, Act.ENDLESS])
async def test_a_write_without_an_answer_in_time_arrives_once_and_is_unanswered(act: Act, opened: Opener) -> None:
    async with wired(lambda _: act) as wire, opened(wire.url, read_timeout=0.2, connect_timeout=0.2) as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.modify(CHANGE, 0)

    assert len(wire.arrived) == 1
    assert raised.value.code == "timeout"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Say(body=b"<html>Bad gateway</html>", status=502), "http_status"),
        (Say(body=b"", status=307, headers={"Location": "/elsewhere"}), "http_status"),
        (Say(body=b"<html>welcome</html>"), "not_json"),
        (Say(body=b""), "not_json"),
        (Say(body=b"\x1f\x8bnot gzip", headers={"Content-Encoding": "gzip"}), "connection_lost"),
        (say({"code": 6000, "message": "busy", "Response": {"Error": {"Code": "InternalError"}}}), None),
        (say({"code": 4500, "message": "replay", "Response": {"Error": {"Code": "FailedOperation"}}}), None),
        (say({"code": 0, "message": "", "Response": {"RequestId": "r"}}), "no_task_id"),
    ],
)
async def test_a_write_whose_answer_settles_nothing_arrives_once(
    api: str, answer: Say, code: str | None, opened: Opener, waits: list[float]
) -> None:
    async with wired(lambda _: answer) as wire, opened(wire.url, api=api) as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.modify(CHANGE, 0)

    assert len(wire.arrived) == 1
    assert waits == []
    assert code in {None, raised.value.code}


async def test_a_rate_refusal_of_a_write_is_not_repeated_either(opened: Opener) -> None:
    async with wired(lambda _: say({"code": 4400, "message": "slow down"})) as wire, opened(wire.url) as bmlb:
        with pytest.raises(CallRefused):
            await bmlb.modify(CHANGE, 0)

    assert len(wire.arrived) == 1


async def test_a_write_never_rides_on_a_connection_that_a_read_left_open(opened: Opener) -> None:
    async with wired(accepted) as wire, opened(wire.url) as bmlb:
        await bmlb.task("1")
        receipt = await bmlb.modify(CHANGE, 0)
        await bmlb.task(receipt.task)
        await bmlb.modify(CHANGE, 0)

    assert [arrived.connection for arrived in wire.arrived] == [1, 2, 1, 3]


async def test_a_write_after_the_cloud_closed_the_kept_connection_arrives_once(opened: Opener) -> None:
    def closing(arrived: Arrived) -> Say | Act:
        reading = arrived.action.startswith("Describe")
        return Say(body=accepted(arrived).body, close=True) if reading else Act.DROP

    async with wired(closing) as wire, opened(wire.url) as bmlb:
        await bmlb.task("1")
        with pytest.raises(CallUnanswered):
            await bmlb.modify(CHANGE, 0)

    assert [arrived.action for arrived in wire.arrived] == [
        "DescribeBmLoadBalancersTaskResult",
        "ModifyBmL4ListenerBackendProbePort",
    ]


@pytest.fixture
async def deaf() -> AsyncIterator[int]:
    """Return a port whose queue of connections is full, so that connecting hangs."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listening.getsockname()[1]
    with listening, contextlib.ExitStack() as filling:
        for _ in range(4):
            queued = filling.enter_context(socket.socket())
            queued.setblocking(False)
            queued.connect_ex(("127.0.0.1", port))
        yield port


@pytest.mark.parametrize("api", APIS)
async def test_a_write_that_finds_no_listener_was_not_sent(
    api: str, closed: int, opened: Opener, waits: list[float]
) -> None:
    async with opened(f"http://127.0.0.1:{closed}/", api=api) as bmlb:
        with pytest.raises(CallNotSent) as raised:
            await bmlb.modify(CHANGE, 0)

    assert (raised.value.code, waits) == ("connection_refused", [])


async def test_a_write_that_cannot_connect_in_time_was_not_sent(deaf: int, opened: Opener) -> None:
    async with opened(f"http://127.0.0.1:{deaf}/", connect_timeout=0.2) as bmlb:
        with pytest.raises(CallNotSent) as raised:
            await bmlb.modify(CHANGE, 0)

    assert raised.value.code == "connect_timeout"


@pytest.fixture
async def plain() -> AsyncIterator[int]:
    """Return a port where something greets that doesn't speak TLS."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_write_without_a_secure_connection_was_not_sent(plain: int, opened: Opener) -> None:
    async with opened(f"https://127.0.0.1:{plain}/") as bmlb:
        with pytest.raises(CallNotSent) as raised:
            await bmlb.modify(CHANGE, 0)

    assert raised.value.code == "tls_failed"


async def test_a_cancelled_write_is_not_sent_again_by_what_follows(opened: Opener) -> None:
    def script(arrived: Arrived) -> Say | Act:
        return accepted(arrived) if arrived.action.startswith("Describe") else Act.SILENCE

    async with wired(script) as wire, opened(wire.url) as bmlb:
        writing = asyncio.ensure_future(bmlb.modify(CHANGE, 0))
        await wire.reached.wait()
        writing.cancel()
        await asyncio.wait([writing])
        await bmlb.task("1")

    assert [arrived.action for arrived in wire.arrived] == [
        "ModifyBmL4ListenerBackendProbePort",
        "DescribeBmLoadBalancersTaskResult",
    ]


SIGNING = {"SecretId", "Signature", "SignatureMethod", "Timestamp", "Nonce", "Token"}


async def test_the_request_that_is_recorded_is_the_one_that_arrives_over_v2(opened: Opener) -> None:
    async with wired(accepted) as wire, opened(wire.url) as bmlb:
        recorded = bmlb.request(CHANGE, 0)
        await bmlb.modify(CHANGE, 0)

    (arrived,) = wire.arrived
    assert recorded["form"] == {name: value for name, value in arrived.form.items() if name not in SIGNING}
    assert {"SecretId", "Signature", "Timestamp", "Nonce"} <= arrived.form.keys()
    assert (recorded["method"], recorded["url"].startswith(wire.url)) == ("POST", True)


async def test_the_request_that_is_recorded_is_the_one_that_arrives_over_3_0(opened: Opener) -> None:
    async with wired(accepted) as wire, opened(wire.url, api="3.0") as bmlb:
        recorded = bmlb.request(CHANGE, 0)
        await bmlb.modify(CHANGE, 0)

    (arrived,) = wire.arrived
    assert recorded["body"] == json.loads(arrived.body)
    assert {name.lower(): value for name, value in recorded["headers"].items()}.items() <= arrived.headers.items()
    assert not [name for name in recorded["headers"] if name.lower() in {"authorization", "x-tc-token"}]

"""What can go wrong on order: before the action, or with its answer."""

import asyncio

import httpx
import pytest

from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud
from tests.rooms.sandbox_cloud.caller import KEYS, TARGET_V2, TARGET_V3, Caller, Json, OwnedClock

V2, V3 = "ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"
CUT = (httpx.RemoteProtocolError, httpx.ReadError)


async def modify_v2(caller: Caller) -> httpx.Response:
    return await caller.v2_raw(caller.signed_v1("GET", "/v2/index.php", caller.v2_parameters(V2, **TARGET_V2)))


async def probe_port_later(caller: Caller) -> int:
    caller.clock.pass_by(3)
    answer = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-8k2m4p6q")
    return int(answer["BackendSet"][0]["ProbePort"])


async def until_held(caller: Caller, number: int) -> None:
    while (await caller.control("GET", "state"))["held"] < number:
        pass


async def last(caller: Caller, action: str) -> Json:
    return [entry for entry in await caller.listed("journal") if entry["action"] == action][-1]


@pytest.mark.parametrize(
    ("kind", "applied", "outcome"),
    [("lose_answer", 12345, "ok"), ("refuse_connection_after_read", 8080, "refuse_connection_after_read")],
)
async def test_a_cut_connection_says_nothing_of_whether_it_was_done(
    caller: Caller, kind: str, applied: int, outcome: str
) -> None:
    await caller.control("POST", "faults", action=V2, kind=kind)

    with pytest.raises(CUT):
        await modify_v2(caller)
    entry = await last(caller, V2)

    assert (entry["outcome"], entry["fault"]) == (outcome, kind)
    assert await probe_port_later(caller) == applied


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [
        ("http_500", 500, 8080),
        ("http_500_applied", 500, 12345),
        ("html", 200, 8080),
        ("html_applied", 200, 12345),
    ],
)
async def test_a_page_comes_instead_of_json(caller: Caller, kind: str, status: int, applied: int) -> None:
    await caller.control("POST", "faults", action=V2, kind=kind)

    answer = await modify_v2(caller)

    assert (answer.status_code, answer.text[:6]) == (status, "<html>")
    assert answer.headers["content-type"].startswith("text/html")
    assert await probe_port_later(caller) == applied


async def test_a_code_can_come_though_the_call_was_done(caller: Caller) -> None:
    for action in (V2, V3):
        await caller.control("POST", "faults", action=action, kind="error_applied", code=9006)

    v2 = await caller.v2(V2, **TARGET_V2)
    applied = await probe_port_later(caller)
    v3 = await caller.v3(V3, **TARGET_V3)
    entries = [await last(caller, action) for action in (V2, V3)]

    assert (v2["code"], v2["codeDesc"], "requestId" in v2) == (5100, "InternalError.CCDBAbnormal", False)
    assert (v3["Error"]["Code"], "TaskId" in v3) == ("InternalError", False)
    assert applied == 12345
    assert [(entry["outcome"], entry["task"] is not None) for entry in entries] == [("ok", True), ("ok", True)]


async def test_json_can_end_in_the_middle_though_the_call_was_done(caller: Caller) -> None:
    await caller.control("POST", "faults", action=V2, kind="truncated_json")

    answer = await modify_v2(caller)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert await probe_port_later(caller) == 12345


async def test_a_yes_can_come_without_its_task(caller: Caller) -> None:
    await caller.control("POST", "faults", action="*", kind="no_task_id", times=2)

    v2 = await caller.v2(V2, **TARGET_V2)
    caller.clock.pass_by(3)
    v3 = await caller.v3(V3, **TARGET_V3)

    assert v2 == {"code": 0, "message": "", "codeDesc": "Success"}
    assert set(v3) == {"RequestId"}
    assert [entry["task"] is not None for entry in await caller.listed("journal")] == [True, True]


async def test_a_late_answer_waits_on_the_clock_and_is_whole(caller: Caller) -> None:
    await caller.control("POST", "faults", action=V2, kind="answer_late", seconds=45)

    answer = await modify_v2(caller)

    assert (answer.json()["code"], caller.clock.slept) == (0, [45.0])


async def test_a_held_answer_comes_with_the_release_and_the_call_was_done_before(caller: Caller) -> None:
    await caller.control("POST", "faults", action=V2, kind="hold")
    waiting = asyncio.create_task(modify_v2(caller))
    await until_held(caller, 1)
    held = await last(caller, V2)
    applied = await probe_port_later(caller)
    released = await caller.control("POST", "release")

    assert (held["outcome"], applied, released) == ("ok", 12345, {"released": 1})
    assert (await waiting).json()["code"] == 0


async def test_a_call_can_be_held_before_it_is_done(caller: Caller) -> None:
    await caller.control("POST", "faults", action=V2, kind="hold_before")
    waiting = asyncio.create_task(modify_v2(caller))
    await until_held(caller, 1)
    held = await last(caller, V2)
    before = await probe_port_later(caller)
    await caller.control("POST", "release")

    assert (held["outcome"], before) == ("pending", 8080)
    assert (await waiting).json()["code"] == 0
    assert await probe_port_later(caller) == 12345


async def test_a_call_whose_client_gave_up_is_still_done_on_release(caller: Caller) -> None:
    await caller.control("POST", "faults", action=V2, kind="hold_before")
    waiting = asyncio.create_task(modify_v2(caller))
    await until_held(caller, 1)
    waiting.cancel()
    await asyncio.wait([waiting])
    before = await probe_port_later(caller)
    await caller.control("POST", "release")

    assert (before, await probe_port_later(caller)) == (8080, 12345)


@pytest.mark.parametrize("kind", ["hold", "hold_before"])
async def test_a_held_call_ends_without_an_answer_when_the_server_stops(
    http: httpx.AsyncClient, clock: OwnedClock, kind: str
) -> None:
    async with running(Cloud(load_seed(), KEYS, clock=clock.as_clock())) as url:
        caller = Caller(url=url, http=http, clock=clock)
        await caller.control("POST", "faults", action=V2, kind=kind)
        waiting = asyncio.create_task(modify_v2(caller))
        await until_held(caller, 1)

    with pytest.raises(CUT):
        await waiting


async def test_faults_meet_their_action_as_often_as_ordered_in_their_order(caller: Caller) -> None:
    await caller.control("POST", "faults", action="DescribeL4Listeners", kind="html", times=0)
    await caller.control("POST", "faults", action=V2, kind="error", code=9006, times=2)
    await caller.control("POST", "faults", action="*", kind="error", code=4400)

    codes = [(await caller.v2(V2, **TARGET_V2))["codeDesc"] for _ in range(4)]

    assert codes == ["InternalError.CCDBAbnormal"] * 2 + ["LimitExceeded", "Success"]
    assert await caller.listed("faults") == [
        {"action": "DescribeL4Listeners", "kind": "html", "times": 0, "hits": 0, "left": None},
        {"action": V2, "kind": "error", "times": 2, "code": 9006, "hits": 2, "left": 0},
        {"action": "*", "kind": "error", "times": 1, "code": 4400, "hits": 1, "left": 0},
    ]


async def test_a_refused_signature_meets_no_fault(caller: Caller) -> None:
    await caller.control("POST", "faults", action="*", kind="http_500")
    signed = caller.signed_v1("GET", "/v2/index.php", caller.v2_parameters(V2, **TARGET_V2))

    answer = await caller.v2_raw({**signed, "Signature": "bm9uZQ=="})

    assert answer.json()["code"] == 4100
    assert (await caller.listed("faults"))[0]["hits"] == 0


async def test_cleared_faults_are_gone(caller: Caller) -> None:
    await caller.control("POST", "faults", action=V2, kind="http_500", times=0)
    await caller.control("DELETE", "faults")

    assert (await modify_v2(caller)).status_code == 200
    assert await caller.listed("faults") == []

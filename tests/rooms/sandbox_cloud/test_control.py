"""The control API: journal, state, drift, clock, and what it refuses."""

import json
from email.utils import parsedate_to_datetime

import httpx
import pytest

from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import build, running
from bot.sandbox.cloud.state import Cloud, Keys
from tests.rooms.sandbox_cloud.caller import KEYS, STARTED, TARGET_V2, TARGET_V3, Caller, OwnedClock, module_code

V2, V3 = "ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"
DEMO = {"load_balancer": "lb-3f9c2a7d", "listener": "lbl-8k2m4p6q"}
BACKEND = {**DEMO, "host": "cpm-1x7v9d3h", "port": 1234}


async def test_the_journal_tells_every_request_and_what_became_of_it(caller: Caller) -> None:
    await caller.v2(V2, **TARGET_V2)
    caller.clock.pass_by(1)
    answer = await caller.v3(V3, **TARGET_V3)

    v2, v3 = await caller.listed("journal")
    assert {name: v2[name] for name in ("n", "at", "face", "action", "region", "outcome", "request_id", "task")} == {
        "n": 1,
        "at": STARTED,
        "face": "v2",
        "action": V2,
        "region": "bj",
        "outcome": "ok",
        "request_id": "",
        "task": 2385670,
    }
    assert v2["params"]["probePort"] == "12345"
    assert v3 == {
        "n": 2,
        "at": STARTED + 1,
        "face": "3.0",
        "action": V3,
        "region": "ap-beijing",
        "params": TARGET_V3,
        "outcome": "ResourceInUse",
        "request_id": answer["RequestId"],
        "task": None,
        "fault": None,
        "told": {},
    }


async def test_neither_journal_nor_state_holds_a_secret(http: httpx.AsyncClient, clock: OwnedClock) -> None:
    keys = Keys(secret_id=KEYS.secret_id, secret_key=KEYS.secret_key, token="canaryTOKEN")
    async with running(Cloud(load_seed(), keys, clock=clock.as_clock())) as url:
        caller = Caller(url=url, http=http, clock=clock)
        signed = caller.signed_v1("POST", "/v2/index.php", caller.v2_parameters(V2, **TARGET_V2, Token=keys.token))
        await caller.v2_raw(signed, "POST")
        await caller.v3_raw(V3, b"{}", caller.tc3_headers(V3, b"{}", **{"X-TC-Token": keys.token}))
        told = json.dumps([await caller.listed("journal"), await caller.control("GET", "state")])

    assert V3 in told
    assert not [
        secret for secret in (keys.token, keys.secret_id, keys.secret_key, signed["Signature"]) if secret in told
    ]
    assert keys.secret_key not in repr(keys)
    assert keys.token not in repr(keys)


async def test_unreadable_and_unsigned_requests_are_in_the_journal_too(caller: Caller) -> None:
    await caller.http.get(f"{caller.url}/v2/index.php?Action=DescribeBmListeners&a=1&a=2")
    await caller.http.get(f"{caller.url}/?Action=Nonsense")

    assert [(entry["action"], entry["outcome"]) for entry in await caller.listed("journal")] == [
        ("", "4000"),
        ("Nonsense", "MissingParameter"),
    ]


async def test_a_cleared_journal_counts_from_one_again(caller: Caller) -> None:
    await caller.v2("DescribeBmLoadBalancers")
    cleared = (await caller.http.delete(f"{caller.url}/sandbox/journal")).json()
    await caller.v2("DescribeBmLoadBalancers")

    assert cleared == []
    assert [entry["n"] for entry in await caller.listed("journal")] == [1]


async def test_the_state_shows_the_whole_model(caller: Caller) -> None:
    await caller.v2(V2, **TARGET_V2)
    caller.clock.pass_by(2.5)
    state = await caller.control("GET", "state")

    backend = state["load_balancers"][0]["listeners"][0]["backends"][0]
    shown = {name: backend[name] for name in ("host", "port", "probe_port", "probed_port", "health", "weight")}
    assert shown == {
        "host": "cpm-1x7v9d3h",
        "port": 1234,
        "probe_port": 12345,
        "probed_port": 12345,
        "health": "Alive",
        "weight": 20,
    }
    assert state["tasks"] == [
        {
            "task": 2385670,
            "action": V2,
            "load_balancer": "lb-3f9c2a7d",
            "listener": "lbl-8k2m4p6q",
            "host": "cpm-1x7v9d3h",
            "port": 1234,
            "probe_port": 12345,
            "status": 0,
            "applied": True,
            "ended": True,
            "forgotten": False,
            "outcome": "done",
        }
    ]
    assert (state["held"], state["skew"], state["plan"]["duration"]) == (0, 0, 2.5)


async def test_a_backend_drifts_between_two_reads(caller: Caller) -> None:
    drifted = await caller.control("POST", "drift", **BACKEND, set={"probe_port": 9090, "weight": 0, "alias": "moved"})
    shown = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-8k2m4p6q")

    assert (drifted["probe_port"], drifted["weight"]) == (9090, 0)
    (first, *_) = shown["BackendSet"]
    assert (first["ProbePort"], first["Weight"], first["Alias"]) == (9090, 0, "moved")


async def test_a_listener_and_a_load_balancer_drift_under_both_spellings(caller: Caller) -> None:
    await caller.control("POST", "drift", **DEMO, set={"customHealthSwitch": 0, "status": 3})
    await caller.control(
        "POST", "drift", load_balancer="lb-3f9c2a7d", set={"status": 0, "statusTime": "2020-01-01 00:00:00"}
    )

    listeners = await caller.v2("DescribeBmListeners", loadBalancerId="lb-3f9c2a7d", listenerIds=["lbl-8k2m4p6q"])
    balancers = await caller.v2("DescribeBmLoadBalancers", loadBalancerIds=["lb-3f9c2a7d"])

    (listener,), (balancer,) = listeners["listenerSet"], balancers["loadBalancerSet"]
    assert (listener["customHealthSwitch"], listener["status"]) == (0, 3)
    assert (balancer["status"], balancer["statusTime"]) == (0, "2020-01-01 00:00:00")


async def test_what_is_gone_is_gone_from_the_bottom_up(caller: Caller) -> None:
    codes = []
    for order in (BACKEND, DEMO, {"load_balancer": "lb-3f9c2a7d"}):
        await caller.control("POST", "drift", **order, set={"gone": True})
        codes.append(module_code(await caller.v2(V2, **TARGET_V2)))

    assert codes == [30011, -12023, 11041]


async def test_the_clock_s_skew_moves_the_date_and_the_check_of_timestamps(caller: Caller) -> None:
    before = await caller.v2("DescribeBmLoadBalancers")
    told = await caller.control("POST", "clock", skew=3600)
    after = await caller.v2("DescribeBmLoadBalancers")
    dated = await caller.http.get(f"{caller.url}/sandbox/state")

    assert (before["code"], after["code"]) == (0, 4500)
    assert told == {"skew": 3600.0, "now": STARTED + 3600}
    (date,) = dated.headers.get_list("date")
    assert parsedate_to_datetime(date).timestamp() == STARTED + 3600


async def test_the_plan_of_tasks_is_told_and_changed_in_part(caller: Caller) -> None:
    await caller.control("POST", "tasks", duration=1)
    changed = await caller.control("POST", "tasks", outcome="failed")

    assert changed == {"duration": 1.0, "outcome": "failed", "status": None, "apply_at": "end"}
    assert await caller.control("GET", "tasks") == changed


@pytest.mark.parametrize(
    ("path", "order", "told"),
    [
        ("tasks", {"outcome": "lost"}, "'done', 'failed', 'failed_but_applied', 'stuck' or 'forgotten'"),
        ("tasks", {"duration": -1}, "duration: Input should be greater than or equal to 0 (given: -1)"),
        ("tasks", {"durations": 1}, "unknown: durations; allowed: duration, outcome, status, apply_at"),
        ("options", {"expired_code": 1}, "expired_code: Input should be 4200 or 4500 (given: 1)"),
        ("clock", {"skew": "much"}, "skew: Input should be a valid number"),
        ("faults", {"action": V2}, "kind: Field required"),
        ("faults", {"action": "Nonsense", "kind": "html"}, "action: no Nonsense; allowed: *, DescribeBmLoadBalancers"),
        ("faults", {"action": "*", "kind": "explode"}, "'lose_answer', 'refuse_connection_after_read'"),
        ("faults", {"action": "*", "kind": "answer_late"}, "seconds belongs to kind answer_late, and only there"),
        (
            "faults",
            {"action": "*", "kind": "html", "code": 1},
            "code belongs to kinds error and error_applied, and only",
        ),
        ("faults", {"action": "*", "kind": "html", "message": "x"}, "message belongs to kinds error and"),
        ("faults", {"action": "*", "kind": "html", "times": -1}, "times: Input should be greater than or equal to 0"),
        ("drift", {"load_balancer": "lb-3f9c2a7d"}, "set: Field required"),
        ("drift", {**BACKEND, "set": {}}, "set: Dictionary should have at least 1 item"),
        (
            "drift",
            {"load_balancer": "lb-x", "set": {"status": 1}},
            "load_balancer: no lb-x; allowed: lb-3f9c2a7d, lb-6b1d8e4f",
        ),
        ("drift", {**DEMO, "listener": "lbl-x", "set": {"status": 1}}, "listener: no lbl-x; allowed: lbl-8k2m4p6q"),
        (
            "drift",
            {**BACKEND, "port": 1, "set": {"weight": 1}},
            "backend: no cpm-1x7v9d3h:1; allowed: cpm-1x7v9d3h:1234",
        ),
        ("drift", {**BACKEND, "set": {"probe_port": 0}}, "probe_port: 0; allowed: 1 to 65535, or -1 for none"),
        ("drift", {**BACKEND, "set": {"probe": 1}}, "unknown: probe; allowed: host, port"),
        ("drift", {**BACKEND, "set": {"host": "cpm-other"}}, "set: host; allowed: gone = true alone, or bind_type"),
        ("drift", {**BACKEND, "set": {"gone": False}}, "set: gone; allowed: gone = true alone"),
        ("drift", {**DEMO, "host": "cpm-1x7v9d3h", "set": {"weight": 1}}, "or those two, host and port"),
    ],
)
async def test_a_bad_order_is_400_with_what_is_allowed(
    caller: Caller, path: str, order: dict[str, object], told: str
) -> None:
    before = await caller.control("GET", "state")

    answer = await caller.http.post(f"{caller.url}/sandbox/{path}", json=order)

    assert answer.status_code == 400
    assert any(told in problem for problem in answer.json()["problems"]), answer.json()
    assert await caller.control("GET", "state") == before


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'"x"'])
async def test_an_order_that_is_no_json_object_is_400(caller: Caller, body: bytes) -> None:
    answer = await caller.http.post(f"{caller.url}/sandbox/tasks", content=body)

    assert (answer.status_code, list(answer.json())) == (400, ["problems"])


async def test_other_paths_and_methods_are_plain_http_errors(caller: Caller) -> None:
    statuses = [
        (await caller.http.get(f"{caller.url}/v2/")).status_code,
        (await caller.http.put(f"{caller.url}/sandbox/tasks")).status_code,
        (await caller.http.put(f"{caller.url}/v2/index.php")).status_code,
    ]

    assert statuses == [404, 405, 405]


async def test_the_control_api_answers_this_machine_only(clock: OwnedClock) -> None:
    app = build(Cloud(load_seed(), KEYS, clock=clock.as_clock()))
    statuses = {}
    for address in ("127.0.0.1", "::1", "192.0.2.7"):
        transport = httpx.ASGITransport(app=app, client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            statuses[address] = (await client.get("/sandbox/state")).status_code

    assert statuses == {"127.0.0.1": 200, "::1": 200, "192.0.2.7": 403}

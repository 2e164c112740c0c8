"""The write: its answers, its limits, and the order of its checks.

Fact sheet, sections 5.1, 9.3; Q1 to Q4, Q8 to Q12, Q19, Q20, Q24.
"""

import pytest

from bot.cloud import sign_v1
from tests.rooms.sandbox_cloud.caller import TARGET_V2, TARGET_V3, Caller, module_code

V2, V3 = "ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"


async def probe_port(caller: Caller, host: str = "cpm-1x7v9d3h") -> int:
    answer = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-8k2m4p6q")
    return next(int(each["ProbePort"]) for each in answer["BackendSet"] if each["InstanceId"] == host)


async def test_v2_answers_with_an_integer_task_at_the_top(caller: Caller) -> None:
    answer = await caller.v2(V2, **TARGET_V2)

    assert answer == {"code": 0, "message": "", "codeDesc": "Success", "requestId": 2385670}


async def test_api_3_answers_with_a_task_that_is_not_the_request_id(caller: Caller) -> None:
    answer = await caller.v3(V3, **TARGET_V3)

    assert set(answer) == {"TaskId", "RequestId"}
    assert str(answer["TaskId"]) != answer["RequestId"]


async def test_the_probe_port_is_the_new_one_once_the_task_has_ended(caller: Caller) -> None:
    await caller.v2(V2, **TARGET_V2)
    before = await probe_port(caller)
    caller.clock.pass_by(2.5)

    assert (before, await probe_port(caller)) == (8080, 12345)


async def test_a_vm_is_changed_by_3_with_its_bind_type_and_by_v2_never(caller: Caller) -> None:
    v2 = await caller.v2(V2, **TARGET_V2 | {"instanceId": "10.20.3.17"})
    as_host = await caller.v3(V3, **TARGET_V3 | {"InstanceId": "10.20.3.17"})
    as_vm = await caller.v3(V3, **TARGET_V3 | {"InstanceId": "10.20.3.17", "BindType": 1})
    caller.clock.pass_by(3)

    assert module_code(v2) == 30011
    assert as_host["Error"]["Code"] == "ResourceNotFound"
    assert "TaskId" in as_vm
    assert await probe_port(caller, "10.20.3.17") == 12345


@pytest.mark.parametrize("port", [0, -1, 65536, "x", "", None, "8080.0"])
@pytest.mark.parametrize("name", ["port", "probePort"])
async def test_v2_takes_ports_from_1_to_65535_only(caller: Caller, name: str, port: int | str | None) -> None:
    answer = await caller.v2(V2, **{**TARGET_V2, name: port})

    assert (answer["code"], module_code(answer), answer["codeDesc"]) == (4000, 9003, "InvalidParameter")


@pytest.mark.parametrize("port", [0, -1, 65536, "8080", True, 80.5, None])
async def test_api_3_takes_json_integers_from_1_to_65535_only(caller: Caller, port: object) -> None:
    answer = await caller.v3(V3, **TARGET_V3 | {"ProbePort": port})

    assert answer["Error"]["Code"] == ("MissingParameter" if port is None else "InvalidParameter")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"BindType": None}, "MissingParameter"),
        ({"BindType": 3}, "InvalidParameter"),
        ({"LoadBalancerId": 7}, "InvalidParameter"),
        ({"NewPort": 7}, "UnknownParameter"),
        ({"LoadBalancerId": "lb-nowhere"}, "ResourceNotFound"),
        ({"ListenerId": "lbl-nowhere"}, "ResourceNotFound"),
        ({"ListenerId": "lbl-9z1x3c5v"}, "ResourceNotFound"),
        ({"ListenerId": "lbl-3n5b7v9c"}, "FailedOperation"),
        ({"LoadBalancerId": "lb-0c5a9e2b", "ListenerId": "lbl-1a3s5d7f"}, "FailedOperation"),
        ({"InstanceId": "cpm-nowhere"}, "ResourceNotFound"),
    ],
)
async def test_api_3_refuses_in_its_business_codes(caller: Caller, change: dict[str, object], expected: str) -> None:
    answer = await caller.v3(V3, **TARGET_V3 | change)

    assert answer["Error"]["Code"] == expected


async def test_checks_come_in_the_order_of_a_real_service(caller: Caller) -> None:
    """Everything is wrong at first; each repair uncovers the next no."""
    await caller.control("POST", "drift", load_balancer="lb-3f9c2a7d", set={"status": 0})
    asked: dict[str, int | str] = {
        "loadBalancerId": "lb-nowhere",
        "listenerId": "lbl-9z1x3c5v",
        "instanceId": "cpm-nowhere",
        "port": 1234,
        "probePort": 0,
    }
    codes = []

    async def ask(**repaired: int | str) -> None:
        asked.update(repaired)
        codes.append(module_code(await caller.v2(V2, **asked)))

    await ask()
    await ask(probePort=12345)
    await ask(loadBalancerId="lb-3f9c2a7d")
    await caller.control("POST", "drift", load_balancer="lb-3f9c2a7d", set={"status": 1})
    await ask()
    await ask(listenerId="lbl-3n5b7v9c")
    await ask(listenerId="lbl-8k2m4p6q")
    await caller.v2(V2, **TARGET_V2)
    await ask(instanceId="cpm-4r6t8y2u", port=1)
    await ask(port=1234)
    caller.clock.pass_by(3)
    await ask()

    assert codes == [9003, 11041, 12003, -12023, -12021, 30011, 30011, -21001, 0]


async def test_another_load_balancer_is_free_while_a_task_runs(caller: Caller) -> None:
    await caller.v2(V2, **TARGET_V2)

    busy = await caller.v3(V3, **TARGET_V3)
    free = await caller.v2(
        V2,
        loadBalancerId="lb-quicktst",
        listenerId="lbl-quicktst",
        instanceId="cpm-quick001",
        port=80,
        probePort=8100,
    )

    assert (busy["Error"]["Code"], free["code"]) == ("ResourceInUse", 0)


async def test_without_the_custom_check_a_probe_port_is_stored_and_an_option_refuses_it(caller: Caller) -> None:
    plain: dict[str, sign_v1.Value] = {
        "loadBalancerId": "lb-3f9c2a7d",
        "listenerId": "lbl-5w7e9r1t",
        "instanceId": "cpm-1x7v9d3h",
        "port": 8125,
        "probePort": 9999,
    }
    stored = await caller.v2(V2, **plain)
    caller.clock.pass_by(100)
    shown = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-5w7e9r1t")
    await caller.control("POST", "options", probePortNeedsCustomCheck=True)
    refused = await caller.v2(V2, **plain)

    assert stored["code"] == 0
    assert (shown["BackendSet"][0]["ProbePort"], shown["BackendSet"][0]["Status"]) == (9999, "Alive")
    assert module_code(refused) == 9003


@pytest.mark.parametrize(
    ("code", "common", "identifier"),
    [(11041, 4000, "InvalidParameter.CCDBLBNotExist"), (-21001, 5100, "InvalidStatus.LBInvalidStatus")],
)
async def test_a_module_code_is_in_the_message_or_by_option_in_the_code(
    caller: Caller, code: int, common: int, identifier: str
) -> None:
    await caller.control("POST", "faults", action=V2, kind="error", code=code, times=2)

    in_message = await caller.v2(V2, **TARGET_V2)
    await caller.control("POST", "options", moduleCodeIn="code")
    in_code = await caller.v2(V2, **TARGET_V2)

    assert (in_message["code"], in_message["codeDesc"]) == (common, identifier)
    assert in_message["message"].startswith(f"({code})")
    assert (in_code["code"], in_code["codeDesc"]) == (code, identifier)
    assert not in_code["message"].startswith("(")

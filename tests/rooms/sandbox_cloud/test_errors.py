"""Every module error of the per-action lists can be had (fact sheet, section 5, "Module errors"; section 6.4)."""

import pytest

from bot.cloud import sign_v1
from tests.rooms.sandbox_cloud.caller import TARGET_V2, Caller, module_code

NOWHERE: dict[str, sign_v1.Value] = {"loadBalancerId": "lb-nowhere"}
DEMO: dict[str, sign_v1.Value] = {"loadBalancerId": "lb-3f9c2a7d"}
BACKENDS: dict[str, sign_v1.Value] = {**DEMO, "listenerId": "lbl-8k2m4p6q"}
MODIFY = "ModifyBmL4ListenerBackendProbePort"

BY_REQUEST: list[tuple[str, int, dict[str, sign_v1.Value]]] = [
    ("DescribeBmLoadBalancers", 9003, {"limit": 0}),
    ("DescribeBmLoadBalancers", 9003, {"offset": -1}),
    ("DescribeBmLoadBalancers", 9003, {"loadBalancerType": "public"}),
    ("DescribeBmLoadBalancers", 9003, {"domain": "Upper_Case"}),
    ("DescribeBmLoadBalancers", 9003, {"domain": "a" * 61}),
    ("DescribeBmLoadBalancers", 9003, {"orderBy": "status"}),
    ("DescribeBmLoadBalancers", 9003, {"orderType": 2}),
    ("DescribeBmLoadBalancers", 9003, {"exclusive": 5}),
    ("DescribeBmLoadBalancers", 9003, {"loadBalancerIds": "lb-3f9c2a7d"}),
    ("DescribeBmListeners", 9003, {}),
    ("DescribeBmListeners", 11041, NOWHERE),
    ("DescribeBmListenerInfo", 9003, {}),
    ("DescribeBmListenerInfo", 11041, NOWHERE),
    ("DescribeBmVportInfo", 9003, {}),
    ("DescribeBmVportInfo", 11041, NOWHERE),
    ("DescribeBmL4ListenerBackends", 9003, DEMO),
    ("DescribeBmL4ListenerBackends", 9003, {**BACKENDS, "backends": [{"port": 1234}]}),
    ("DescribeBmL4ListenerBackends", 9003, {**BACKENDS, "backends": [{"instanceId": "cpm-1x7v9d3h", "port": 0}]}),
    ("DescribeBmL4ListenerBackends", 9003, {**BACKENDS, "backends": ["cpm-1x7v9d3h"]}),
    ("DescribeBmL4ListenerBackends", 11041, {**BACKENDS, **NOWHERE}),
    ("DescribeBmL4ListenerBackends", -12023, {**BACKENDS, "listenerId": "lbl-9z1x3c5v"}),
    ("DescribeBmLoadBalancersTaskResult", 9003, {"requestId": 1}),
    (MODIFY, 9003, {**TARGET_V2, "probePort": 0}),
    (MODIFY, 11041, {**TARGET_V2, **NOWHERE}),
    (MODIFY, 12003, {**TARGET_V2, "loadBalancerId": "lb-0c5a9e2b"}),
    (MODIFY, -12023, {**TARGET_V2, "listenerId": "lbl-nowhere"}),
    (MODIFY, -12021, {**TARGET_V2, "listenerId": "lbl-3n5b7v9c"}),
    (MODIFY, 30011, {**TARGET_V2, "instanceId": "cpm-nowhere"}),
]

BY_FAULT: list[tuple[str, int, dict[str, sign_v1.Value]]] = [
    ("DescribeBmLoadBalancers", 9006, {}),
    ("DescribeBmListeners", 9006, DEMO),
    ("DescribeBmListenerInfo", 9006, DEMO),
    ("DescribeBmVportInfo", 9006, DEMO),
    ("DescribeBmL4ListenerBackends", 9006, BACKENDS),
    ("DescribeBmL4ListenerBackends", 11060, BACKENDS),
    ("DescribeBmL4ListenerBackends", 14100, BACKENDS),
    *((MODIFY, code, TARGET_V2) for code in (9006, -21000, 11060, 14100, 28000, -12022, 12013)),
]


@pytest.mark.parametrize(("action", "code", "parameters"), BY_REQUEST)
async def test_a_request_can_bring_the_error_about(
    caller: Caller, action: str, code: int, parameters: dict[str, sign_v1.Value]
) -> None:
    answer = await caller.v2(action, **parameters)

    assert module_code(answer) == code
    assert await caller.outcomes() == [str(code)]


async def test_a_running_task_brings_21001_about(caller: Caller) -> None:
    codes = [module_code(await caller.v2(MODIFY, **TARGET_V2)) for _ in range(2)]

    assert codes == [0, -21001]


@pytest.mark.parametrize(("action", "code", "parameters"), BY_FAULT)
async def test_a_fault_brings_the_cloud_s_own_errors_about(
    caller: Caller, action: str, code: int, parameters: dict[str, sign_v1.Value]
) -> None:
    await caller.control("POST", "faults", action=action, kind="error", code=code)

    codes = [module_code(await caller.v2(action, **parameters)) for _ in range(2)]

    assert codes == [code, 0]


@pytest.mark.parametrize("code", [4000, 4100, 4101, 4102, 4103, 4104, 4105, 4106, 4110, 4200, 4300, 4400, 4500, 4600])
async def test_every_common_code_can_be_ordered(caller: Caller, code: int) -> None:
    await caller.control("POST", "faults", action="DescribeBmVportInfo", kind="error", code=code)

    answer = await caller.v2("DescribeBmVportInfo", **DEMO)

    assert answer["code"] == code
    assert answer["codeDesc"]
    assert answer["message"]


@pytest.mark.parametrize(
    ("code", "v3"),
    [
        (4400, "RequestLimitExceeded"),
        (9006, "InternalError"),
        (-12023, "ResourceNotFound"),
        (6000, "InternalError"),
        (31337, "FailedOperation"),
        ("RequestLimitExceeded.UinLimitExceeded", "RequestLimitExceeded.UinLimitExceeded"),
        ("AuthFailure.MFAFailure", "AuthFailure.MFAFailure"),
    ],
)
async def test_any_code_can_be_ordered_on_api_3(caller: Caller, code: int | str, v3: str) -> None:
    await caller.control("POST", "faults", action="*", kind="error", code=code, message="told you")

    answer = await caller.v3("DescribeLoadBalancers")

    assert answer["Error"] == {"Code": v3, "Message": "told you"}


@pytest.mark.parametrize(("code", "common", "desc"), [(31337, 31337, ""), ("InternalError", 5100, "InternalError")])
async def test_a_code_without_a_row_keeps_its_number_or_name_on_v2(
    caller: Caller, code: int | str, common: int, desc: str
) -> None:
    await caller.control("POST", "faults", action="*", kind="error", code=code, message="told you")

    answer = await caller.v2("DescribeBmLoadBalancers")

    assert answer == {"code": common, "message": "told you", "codeDesc": desc}

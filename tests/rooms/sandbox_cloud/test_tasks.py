"""Tasks on a clock that the test owns (fact sheet, sections 7, 8.5, 9.4; Q2, Q6, Q37)."""

import pytest

from tests.rooms.sandbox_cloud.caller import TARGET_V2, TARGET_V3, Caller, Json, module_code

V2, V3 = "ModifyBmL4ListenerBackendProbePort", "ModifyL4BackendProbePort"
POLL_V2, POLL_V3 = "DescribeBmLoadBalancersTaskResult", "DescribeLoadBalancerTaskResult"


async def start(caller: Caller, **plan: object) -> int:
    if plan:
        await caller.control("POST", "tasks", **plan)
    return int((await caller.v2(V2, **TARGET_V2))["requestId"])


async def poll(caller: Caller, task: int | str) -> int:
    return int((await caller.v2(POLL_V2, requestId=task))["data"]["status"])


async def probe_port(caller: Caller) -> int:
    answer = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-8k2m4p6q")
    return int(answer["BackendSet"][0]["ProbePort"])


async def test_a_client_that_polls_each_second_sees_2_2_0(caller: Caller) -> None:
    task = await start(caller)

    seen = []
    for _ in range(3):
        caller.clock.pass_by(1)
        seen.append(await poll(caller, task))

    assert seen == [2, 2, 0]


async def test_the_task_s_answer_has_the_documented_shape_on_both_faces(caller: Caller) -> None:
    task = await start(caller)

    v2 = await caller.v2(POLL_V2, requestId=task)
    v3 = await caller.v3(POLL_V3, TaskId=str(task))

    assert v2 == {"code": 0, "message": "", "codeDesc": "Success", "data": {"status": 2}}
    assert v3 == {"Status": 2, "RequestId": v3["RequestId"]}


async def test_the_three_forms_of_a_task_id_take_turns_and_are_all_read(caller: Caller) -> None:
    await caller.control("POST", "tasks", duration=0)
    ids = [(await caller.v3(V3, **TARGET_V3))["TaskId"] for _ in range(3)]

    assert ids == ["2385670", "2385671LBTASKID", 2385672]
    for each in ids:
        assert (await caller.v3(POLL_V3, TaskId=each))["Status"] == 0
        assert await poll(caller, each) == 0


@pytest.mark.parametrize(
    ("plan", "status", "applied"),
    [
        ({"outcome": "done"}, 0, 12345),
        ({"outcome": "failed"}, 1, 8080),
        ({"outcome": "failed_but_applied"}, 1, 12345),
        ({"outcome": "stuck"}, 2, 8080),
        ({"outcome": "stuck", "applyAt": "start"}, 2, 12345),
        ({"outcome": "done", "status": 7}, 7, 12345),
        ({"outcome": "failed", "status": 7}, 7, 8080),
        ({"outcome": "stuck", "status": -3}, -3, 8080),
    ],
)
async def test_a_task_ends_as_planned(caller: Caller, plan: dict[str, object], status: int, applied: int) -> None:
    task = await start(caller, **plan)
    caller.clock.pass_by(1_000_000)

    assert (await poll(caller, task), await probe_port(caller)) == (status, applied)


@pytest.mark.parametrize(("apply_at", "during"), [("start", 12345), ("end", 8080)])
async def test_an_effect_comes_at_the_start_or_at_the_end(caller: Caller, apply_at: str, during: int) -> None:
    task = await start(caller, apply_at=apply_at, duration=60)
    caller.clock.pass_by(59)

    assert (await poll(caller, task), await probe_port(caller)) == (2, during)


async def test_a_plan_counts_for_coming_tasks_only(caller: Caller) -> None:
    task = await start(caller)
    await caller.control("POST", "tasks", outcome="failed", duration=500)
    caller.clock.pass_by(2.5)

    assert (await poll(caller, task), await probe_port(caller)) == (0, 12345)


async def test_a_task_of_no_duration_is_done_when_asked(caller: Caller) -> None:
    assert await poll(caller, await start(caller, duration=0)) == 0


async def test_a_stuck_task_keeps_its_load_balancer_busy_until_it_is_forgotten(caller: Caller) -> None:
    await start(caller, outcome="stuck")
    caller.clock.pass_by(1_000_000)
    busy = await caller.v2(V2, **TARGET_V2)
    forgotten = await caller.control("DELETE", "tasks")
    free = await caller.v2(V2, **TARGET_V2)

    assert (module_code(busy), forgotten, free["code"]) == (-21001, {"forgotten": 1}, 0)


async def test_a_forgotten_task_is_unknown_yet_its_effect_takes_place(caller: Caller) -> None:
    task = await start(caller)
    await caller.control("DELETE", "tasks")
    unknown = await caller.v2(POLL_V2, requestId=task)
    before = await probe_port(caller)
    caller.clock.pass_by(2.5)

    assert module_code(unknown) == 9003
    assert (before, await probe_port(caller)) == (8080, 12345)


async def test_a_task_can_be_planned_to_be_forgotten_from_the_first(caller: Caller) -> None:
    task = await start(caller, outcome="forgotten")
    caller.clock.pass_by(3)

    assert module_code(await caller.v2(POLL_V2, requestId=task)) == 9003
    assert await probe_port(caller) == 12345


@pytest.mark.parametrize("task", ["1", "2385670", "x", "12LB", "", "-1", "9" * 30])
async def test_an_id_that_was_never_given_is_9003_on_both_faces(caller: Caller, task: str) -> None:
    v2 = await caller.v2(POLL_V2, requestId=task)
    v3: Json = await caller.v3(POLL_V3, TaskId=task)

    assert module_code(v2) == 9003
    assert v3["Error"]["Code"] == ("InvalidParameter" if task else "MissingParameter")


async def test_both_faces_share_one_world(caller: Caller) -> None:
    task = (await caller.v3(V3, **TARGET_V3))["TaskId"]
    caller.clock.pass_by(3)

    assert (await poll(caller, task), await probe_port(caller)) == (0, 12345)

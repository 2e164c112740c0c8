"""What the client changes in the sandbox cloud, over both versions of the API."""

import pytest

from bot.cloud.bmlb import Bmlb, VmIpNeedsV3
from bot.domain.errors import Blame, CallRefused, CallUnanswered
from bot.domain.operation import SetProbePort
from bot.domain.task import TaskState
from bot.engine.ports import Cloud as Port
from bot.sandbox.cloud.orders import FaultOrder
from tests.rooms.cloud.conftest import Opener
from tests.rooms.cloud.world import BALANCER, CHANGE, LISTENER, VM_CHANGE, Sandbox

APIS = pytest.mark.parametrize("api", ["v2", "3.0"])


@APIS
async def test_a_change_is_accepted_followed_and_seen(api: str, sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        receipt = await bmlb.modify(CHANGE, 0)
        at_once = await bmlb.task(receipt.task)
        sandbox.time.seconds += 3
        later = await bmlb.task(receipt.task)
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert (at_once, later) == (TaskState.RUNNING, TaskState.DONE)
    assert CHANGE.is_done(facts)
    assert bool(receipt.request_id) is (api == "3.0")


async def test_every_form_of_a_3_0_task_id_can_be_followed(sandbox: Sandbox, opened: Opener) -> None:
    receipts = []
    async with opened("", api="3.0", **sandbox.urls) as bmlb:
        for _ in range(3):
            receipts.append(await bmlb.modify(CHANGE, 0))
            sandbox.time.seconds += 3
        states = [await bmlb.task(receipt.task) for receipt in receipts]

    assert states == [TaskState.DONE] * 3
    assert sum(receipt.task.isdecimal() for receipt in receipts) == 2
    assert all(isinstance(receipt.task, str) for receipt in receipts)


async def test_a_vm_ip_needs_3_0_and_nothing_is_sent_to_v2(sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api="v2", **sandbox.urls) as bmlb:
        with pytest.raises(VmIpNeedsV3) as raised:
            await bmlb.modify(VM_CHANGE, 1)

    assert raised.value.facts == {"host": "10.20.3.17", "port": 1234}
    assert sandbox.cloud.journal.to_json() == []


async def test_a_vm_ip_is_changed_over_3_0(sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api="3.0", **sandbox.urls) as bmlb:
        await bmlb.modify(VM_CHANGE, 1)
        sandbox.time.seconds += 3
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert VM_CHANGE.is_done(facts)


@APIS
@pytest.mark.parametrize(
    ("kind", "code", "done"),
    [
        ("lose_answer", "connection_lost", True),
        ("refuse_connection_after_read", "connection_lost", False),
        ("http_500", "http_status", False),
        ("http_500_applied", "http_status", True),
        ("html", "not_json", False),
        ("truncated_json", "not_json", True),
        ("no_task_id", "no_task_id", True),
    ],
)
async def test_an_answer_that_settles_nothing_is_unanswered_whether_or_not_it_happened(
    api: str, kind: str, code: str, done: bool, sandbox: Sandbox, opened: Opener
) -> None:
    sandbox.cloud.faults.order(FaultOrder.model_validate({"action": "*", "kind": kind}))

    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.modify(CHANGE, 0)
        sandbox.time.seconds += 3
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert raised.value.code == code
    assert len(sandbox.outcomes("Modify")) == 1
    assert CHANGE.is_done(facts) is done


@APIS
async def test_a_busy_load_balancer_refuses_and_says_so(api: str, sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        await bmlb.modify(CHANGE, 0)
        with pytest.raises((CallRefused, CallUnanswered)) as raised:
            await bmlb.modify(CHANGE, 0)

    if api == "v2":
        assert (type(raised.value), raised.value.code) == (CallRefused, "-21001")
    assert raised.value.blame is Blame.STATE


@pytest.mark.parametrize("place", ["message", "code"])
async def test_a_module_code_is_found_wherever_the_cloud_puts_it(place: str, sandbox: Sandbox, opened: Opener) -> None:
    sandbox.cloud.options.take({"module_code_in": place})
    unbound = SetProbePort(load_balancer=BALANCER, listener=LISTENER, host="cpm-nobody", port=1, probe_port=2)

    async with opened("", api="v2", **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.modify(unbound, 0)

    assert (raised.value.code, raised.value.blame) == ("30011", Blame.INPUT)


def as_the_engine_sees_it(bmlb: Bmlb) -> Port:
    """Have the type checker hold the client to the engine's port."""
    return bmlb

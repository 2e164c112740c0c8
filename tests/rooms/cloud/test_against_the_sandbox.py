"""The client against the sandbox cloud, over both versions of the API."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.cloud.bmlb import Bmlb, VmIpNeedsV3
from bot.domain.checks import ListenerNotFound, LoadBalancerNotFound, NotLayer4
from bot.domain.errors import Blame, CallRefused, CallUnanswered
from bot.domain.facts import UNSET, Listener, LoadBalancer
from bot.domain.operation import SetProbePort
from bot.domain.task import TaskState
from bot.engine.ports import Cloud as Port
from bot.sandbox.cloud.orders import FaultOrder
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Clock, Cloud, Keys
from tests.rooms.cloud.conftest import NOW, SETTINGS, Opener

BALANCER, LISTENER = "lb-3f9c2a7d", "lbl-8k2m4p6q"
CHANGE = SetProbePort(load_balancer=BALANCER, listener=LISTENER, host="cpm-1x7v9d3h", port=1234, probe_port=12345)
VM_CHANGE = SetProbePort(load_balancer=BALANCER, listener=LISTENER, host="10.20.3.17", port=1234, probe_port=12345)
READ_3 = "DescribeL4Backends"

APIS = pytest.mark.parametrize("api", ["v2", "3.0"])


class Time:
    """Time that stands still until the test moves it."""

    seconds = 0.0

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def clock(self) -> Clock:
        return Clock(wall=lambda: NOW + self.seconds, monotonic=lambda: self.seconds, sleep=self.sleep)


@dataclass
class Sandbox:
    cloud: Cloud
    url: str
    time: Time

    @property
    def urls(self) -> dict[str, str]:
        return {"v2_url": f"{self.url}/v2/index.php", "v3_url": f"{self.url}/"}

    def outcomes(self, verb: str) -> list[str]:
        return [entry["outcome"] for entry in self.cloud.journal.to_json() if entry["action"].startswith(verb)]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    time = Time()
    keys = Keys(secret_id=SETTINGS.secret_id, secret_key=SETTINGS.secret_key, token=SETTINGS.token)
    cloud = Cloud(load_seed(), keys, clock=time.clock())
    cloud.options.take({"rate_limit": 0})  # its clock stands still, so every call is in the same second
    async with running(cloud) as url:
        yield Sandbox(cloud, url, time)


@APIS
async def test_one_look_shows_the_balancer_the_listener_and_every_backend(
    api: str, sandbox: Sandbox, opened: Opener
) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert facts.observed_at == NOW
    assert facts.load_balancer == LoadBalancer(id=BALANCER, name="checkout-edge", status=1)
    assert facts.listener == Listener(
        id=LISTENER,
        name="checkout-tcp",
        kind="L4Listener",
        protocol="tcp",
        port=443,
        status=1,
        health_check=True,
        custom_health_check=True,
        interval=5,
        timeout=2,
        healthy_after=2,
        unhealthy_after=2,
    )
    assert [(b.bind_type, b.host, b.port, b.weight, b.health, b.probe_port) for b in facts.backends] == [
        (0, "cpm-1x7v9d3h", 1234, 20, "Alive", 8080),
        (0, "cpm-4r6t8y2u", 1234, 20, "Alive", 8080),
        (0, "cpm-7h3j5k9l", 1234, 10, "Dead", 8080),
        (1, "10.20.3.17", 1234, 5, "Alive", 8080),
    ]


async def test_a_probe_port_nobody_set_is_unset_and_not_unknown(sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api="v2", **sandbox.urls) as bmlb:
        facts = await bmlb.observe("lb-6b1d8e4f", "lbl-0m2n4b6v")

    assert [(b.bind_type, b.host, b.probe_port) for b in facts.backends] == [
        (0, "cpm-3d5f7g9h", 9100),
        (0, "cpm-2s4d6f8g", 9100),
        (2, "tcpm-6y8u0i2o", UNSET),
    ]


async def test_v2_without_3_0_knows_the_same_backends_but_no_probe_port(sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api="v2", **sandbox.urls) as bmlb:
        known = await bmlb.observe(BALANCER, LISTENER)
        sandbox.cloud.options.take({"denied_actions": [READ_3]})
        unknown = await bmlb.observe(BALANCER, LISTENER)

    assert {b.probe_port for b in unknown.backends} == {None}
    assert [(b.bind_type, b.host, b.port, b.health) for b in unknown.backends] == [
        (b.bind_type, b.host, b.port, b.health) for b in known.backends
    ]
    assert sandbox.outcomes(READ_3) == ["ok", "AuthFailure.UnauthorizedOperation"]


async def test_v2_where_3_0_cannot_be_reached_still_sees_what_v2_sees(
    sandbox: Sandbox, opened: Opener, waits: list[float]
) -> None:
    urls = {**sandbox.urls, "v3_url": "http://127.0.0.1:1/"}
    async with opened("", api="v2", **urls) as bmlb:
        facts = await bmlb.observe(BALANCER, LISTENER)

    assert [b.probe_port for b in facts.backends] == [None] * 4
    assert len(waits) == 1


async def test_3_0_alone_does_not_do_without_its_backends(sandbox: Sandbox, opened: Opener) -> None:
    sandbox.cloud.options.take({"denied_actions": [READ_3]})

    async with opened("", api="3.0", **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.observe(BALANCER, LISTENER)

    assert (raised.value.action, raised.value.blame) == (READ_3, Blame.AUTH)
    assert raised.value.request_id


@APIS
async def test_a_missing_load_balancer_is_refused_with_the_nearest_ids(
    api: str, sandbox: Sandbox, opened: Opener
) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(LoadBalancerNotFound) as raised:
            await bmlb.observe("lb-3f9c2a7e", LISTENER)

    have = raised.value.facts["have"]
    assert raised.value.facts["load_balancer"] == "lb-3f9c2a7e"
    assert isinstance(have, tuple)
    assert have[0] == BALANCER
    assert "lb-9d4b7f1e" not in have  # it is in another region


@APIS
async def test_a_missing_listener_is_refused_with_the_l4_listeners_there_are(
    api: str, sandbox: Sandbox, opened: Opener
) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(ListenerNotFound) as raised:
            await bmlb.observe(BALANCER, "lbl-8k2m4p6z")

    have = raised.value.facts["have"]
    assert isinstance(have, tuple)
    assert have[0] == LISTENER
    assert set(have) == {LISTENER, "lbl-5w7e9r1t", "lbl-2q4w6e8r", "lbl-3n5b7v9c"}


@APIS
async def test_an_l7_listener_is_refused_as_one(api: str, sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(NotLayer4) as raised:
            await bmlb.observe(BALANCER, "lbl-9z1x3c5v")

    assert raised.value.facts["protocol"] == "https"


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


@APIS
async def test_a_wrong_key_is_refused_as_a_matter_of_keys(api: str, sandbox: Sandbox, opened: Opener) -> None:
    async with opened("", api=api, secret_key="another", **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.ping()

    assert raised.value.code in {"4100", "AuthFailure.SignatureFailure"}
    assert raised.value.blame is Blame.AUTH


@APIS
@pytest.mark.parametrize("skew", [-400.0, 600.0])
async def test_a_clock_that_is_off_is_refused_and_measured(
    api: str, skew: float, sandbox: Sandbox, opened: Opener
) -> None:
    sandbox.cloud.skew = skew

    async with opened("", api=api, **sandbox.urls) as bmlb:
        with pytest.raises(CallRefused) as raised:
            await bmlb.ping()

    assert raised.value.code in {"4500", "AuthFailure.SignatureExpire"}
    assert (raised.value.blame, raised.value.skew) == (Blame.AUTH, skew)


@APIS
async def test_a_clock_that_is_a_little_off_is_told_by_a_ping(api: str, sandbox: Sandbox, opened: Opener) -> None:
    sandbox.cloud.skew = 42.0

    async with opened("", api=api, **sandbox.urls) as bmlb:
        skew = await bmlb.ping()

    assert skew == 42.0


def as_the_engine_sees_it(bmlb: Bmlb) -> Port:
    """Have the type checker hold the client to the engine's port."""
    return bmlb

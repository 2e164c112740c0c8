"""The documents' own examples, read into the domain's facts."""

import json
from typing import Any

import pytest

from bot.cloud.answers import Record, Reply, read_v2, read_v3
from bot.cloud.call import Call
from bot.cloud.readings import backend, every_load_balancer, listener, load_balancer, protocols, task_state
from bot.domain.errors import CallUnanswered
from bot.domain.facts import UNSET, Backend, Listener, LoadBalancer
from bot.domain.task import TaskState

READ = Call(action="Describe")

# Fact sheet, sections 5.2, 5.3, 5.5 and 9.3.
LISTENER = {
    "listenerId": "lbl-abcdefgh",
    "listenerName": "test-tcp",
    "protocol": "tcp",
    "loadBalancerPort": 1234,
    "bandwidth": 0,
    "listenerType": "L4Listener",
    "sessionExpire": 900,
    "healthSwitch": 1,
    "timeOut": 2,
    "intervalTime": 5,
    "healthNum": 3,
    "unhealthNum": 4,
    "customHealthSwitch": 0,
    "status": 1,
}
BACKEND = {
    "bindType": 0,
    "lanIp": "1.1.1.1",
    "rsPort": 1234,
    "weight": 10,
    "status": "Dead",
    "instanceId": "cpm-abcdefgh",
    "alias": "demo",
}
BACKEND_3 = {
    "BindType": 0,
    "Port": 5000,
    "Weight": 100,
    "Status": "Dead",
    "InstanceId": "cpm-bujx6q9x",
    "Alias": "demo",
    "LanIp": "10.10.1.3",
    "Operates": ["bindLb", "unbindLb"],
    "ProbePort": -1,
}


def v2(**fields: object) -> Record:
    return read_v2(Reply(status=200, body=json.dumps({"code": 0, **fields}).encode()), READ)


def v3(**fields: object) -> Record:
    return read_v3(Reply(status=200, body=json.dumps({"Response": fields}).encode()), READ)


def test_a_listener_reads_the_same_from_both_apis() -> None:
    upper = {name[0].upper() + name[1:]: value for name, value in LISTENER.items()}

    read = {listener(v2(**LISTENER)), listener(v3(**upper))}

    assert read == {
        Listener(
            id="lbl-abcdefgh",
            name="test-tcp",
            kind="L4Listener",
            protocol="tcp",
            port=1234,
            status=1,
            health_check=True,
            custom_health_check=False,
            interval=5,
            timeout=2,
            healthy_after=3,
            unhealthy_after=4,
        )
    }


@pytest.mark.parametrize("field", sorted(LISTENER.keys() - {"listenerName", "bandwidth", "sessionExpire"}))
def test_a_listener_without_one_of_its_fields_is_unreadable_by_that_name(field: str) -> None:
    lacking = {name: value for name, value in LISTENER.items() if name != field}

    with pytest.raises(CallUnanswered) as raised:
        listener(v2(listenerSet=[lacking]).records("listenerSet")[0])

    assert (raised.value.code, raised.value.message) == ("unreadable", f"listenerSet[0].{field}")


def test_a_host_of_v2_is_known_by_its_id_and_its_probe_port_by_nobody() -> None:
    assert backend(v2(**BACKEND), port="rsPort", probe_port=None) == Backend(
        bind_type=0, host="cpm-abcdefgh", port=1234, alias="demo", weight=10, health="Dead", probe_port=None
    )


def test_a_vm_is_known_by_its_ip_in_both_apis() -> None:
    vm = {"bindType": 1, "lanIp": "10.0.0.9", "rsPort": 80, "weight": 1, "status": "Alive"}
    without_lan_ip = {**BACKEND_3, "BindType": 1, "LanIp": "", "InstanceId": "10.0.0.9"}

    assert backend(v2(**vm), port="rsPort", probe_port=None).host == "10.0.0.9"
    assert backend(v3(**BACKEND_3 | {"BindType": 1}), port="port", probe_port=80).host == "10.10.1.3"
    assert backend(v3(**without_lan_ip), port="port", probe_port=80).host == "10.0.0.9"


def test_the_official_3_0_example_shows_a_probe_port_nobody_set() -> None:
    record = v3(**BACKEND_3)

    read = backend(record, port="port", probe_port=record.number("probePort"))

    assert (read.host, read.port, read.probe_port) == ("cpm-bujx6q9x", 5000, UNSET)


def test_an_undocumented_health_is_kept_as_it_came() -> None:
    read = [backend(v2(**BACKEND | {"status": health}), port="rsPort", probe_port=None) for health in ("", "Odd", None)]

    assert [found.health for found in read] == ["", "Odd", ""]


@pytest.mark.parametrize(
    ("status", "state"),
    [(0, TaskState.DONE), (1, TaskState.FAILED), (2, TaskState.RUNNING), ("0", TaskState.DONE), (3, TaskState.UNCLEAR)],
)
def test_only_0_is_success(status: object, state: TaskState) -> None:
    assert task_state(v2(status=status)) is state


def test_protocols_are_read_of_l4_and_l7_listeners() -> None:
    rows = [{"listenerId": "lbl-a", "protocol": "HTTP"}, {"listenerId": "lbl-b", "protocol": "tcp"}]

    assert protocols(v2(listenerSet=rows)) == {"lbl-a": "http", "lbl-b": "tcp"}


class Pages:
    """A cloud that lists ``total`` load balancers, at most ``most`` a page."""

    def __init__(self, total: int, most: int) -> None:
        self.total = total
        self.most = most
        self.offsets: list[int] = []

    async def page(self, offset: int) -> Record:
        self.offsets.append(offset)
        ids = range(offset, min(offset + self.most, self.total))
        rows: list[dict[str, Any]] = [{"loadBalancerId": f"lb-{number}", "status": 1} for number in ids]
        return v2(loadBalancerSet=rows, totalCount=self.total)


@pytest.mark.parametrize(
    ("total", "most", "offsets"), [(0, 100, [0]), (100, 100, [0]), (250, 100, [0, 100, 200]), (45, 20, [0, 20, 40])]
)
async def test_every_page_is_read_once_whatever_a_page_holds(total: int, most: int, offsets: list[int]) -> None:
    pages = Pages(total, most)

    found = await every_load_balancer(pages.page)

    assert [balancer.id for balancer in found] == [f"lb-{number}" for number in range(total)]
    assert pages.offsets == offsets


async def test_a_cloud_that_counts_more_than_it_shows_does_not_hold_us() -> None:
    pages = Pages(3, 100)

    async def boasting(offset: int) -> Record:
        rows = (await pages.page(offset)).fields["loadBalancerSet"]
        return v2(loadBalancerSet=rows, totalCount=1000)

    assert len(await every_load_balancer(boasting)) == 3
    assert pages.offsets == [0, 3]


def test_a_load_balancer_without_a_name_is_read_by_its_id() -> None:
    read = load_balancer(v2(loadBalancerId="lb-a", status=0, loadBalancerName=None))

    assert read == LoadBalancer(id="lb-a", name="", status=0)

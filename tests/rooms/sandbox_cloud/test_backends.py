"""What the read of backends shows on each face (fact sheet, sections 5.5, 9.3; Q7, Q22, Q23, Q31)."""

from bot.cloud import sign_v1
from tests.rooms.sandbox_cloud.caller import Caller

DEMO = {"loadBalancerId": "lb-3f9c2a7d", "listenerId": "lbl-8k2m4p6q"}


async def test_v2_hides_probe_ports_and_shows_a_vm_by_its_address_only(caller: Caller) -> None:
    answer = await caller.v2("DescribeBmL4ListenerBackends", **DEMO)

    assert set(answer) == {"code", "message", "codeDesc", "data"}
    assert answer["data"][0] == {
        "bindType": 0,
        "rsPort": 1234,
        "weight": 20,
        "status": "Alive",
        "lanIp": "10.20.1.11",
        "instanceId": "cpm-1x7v9d3h",
        "alias": "checkout-01",
        "operates": ["modifyDeviceAlias", "rebootDevice", "bindLb", "unbindLb"],
    }
    assert answer["data"][2]["status"] == "Dead"
    assert answer["data"][3] == {"bindType": 1, "rsPort": 1234, "weight": 5, "status": "Alive", "lanIp": "10.20.3.17"}


async def test_api_3_shows_probe_ports_and_minus_one_where_none_is_set(caller: Caller) -> None:
    demo = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-8k2m4p6q")
    quick = await caller.v3("DescribeL4Backends", LoadBalancerId="lb-quicktst", ListenerId="lbl-quicktst")

    assert demo["BackendSet"][0] == {
        "BindType": 0,
        "Port": 1234,
        "Weight": 20,
        "Status": "Alive",
        "InstanceId": "cpm-1x7v9d3h",
        "Alias": "checkout-01",
        "LanIp": "10.20.1.11",
        "Operates": ["modifyDeviceAlias", "rebootDevice", "bindLb", "unbindLb"],
        "ProbePort": 8080,
    }
    assert [each["ProbePort"] for each in quick["BackendSet"]] == [*range(8001, 8010), -1]


async def test_health_is_empty_where_nothing_is_checked(caller: Caller) -> None:
    answer = await caller.v2("DescribeBmL4ListenerBackends", loadBalancerId="lb-3f9c2a7d", listenerId="lbl-2q4w6e8r")

    assert [each["status"] for each in answer["data"]] == [""]


async def test_backends_are_filtered_by_host_and_port_together(caller: Caller) -> None:
    wanted: list[dict[str, sign_v1.Value]] = [
        {"port": 1234, "instanceId": "cpm-4r6t8y2u"},
        {"port": 1, "instanceId": "cpm-1x7v9d3h"},
    ]

    v2 = await caller.v2("DescribeBmL4ListenerBackends", **DEMO, backends=wanted)
    v3 = await caller.v3(
        "DescribeL4Backends",
        LoadBalancerId="lb-3f9c2a7d",
        ListenerId="lbl-8k2m4p6q",
        BackendSet=[{"Port": 1234, "InstanceId": "cpm-4r6t8y2u"}],
    )

    assert [each["instanceId"] for each in v2["data"]] == ["cpm-4r6t8y2u"]
    assert [each["InstanceId"] for each in v3["BackendSet"]] == ["cpm-4r6t8y2u"]

"""What the reads of load balancers and listeners show (fact sheet, 5.2 to 5.4, 5.17, 9.3; Q25, Q27, Q33, Q35)."""

import httpx
import pytest

from bot.sandbox.cloud.seed import Seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud
from tests.rooms.sandbox_cloud.caller import KEYS, Caller, Json, OwnedClock, module_code


async def ids(caller: Caller, **filters: object) -> list[str]:
    v3 = {name[0].upper() + name[1:]: value for name, value in filters.items()}
    answer = await caller.v3("DescribeLoadBalancers", **v3)
    return [each["LoadBalancerId"] for each in answer["LoadBalancerSet"]]


async def test_v2_shows_a_load_balancer_with_every_documented_field(caller: Caller) -> None:
    answer = await caller.v2("DescribeBmLoadBalancers", loadBalancerIds=["lb-3f9c2a7d"])

    assert answer == {
        "code": 0,
        "message": "",
        "codeDesc": "Success",
        "loadBalancerSet": [
            {
                "loadBalancerId": "lb-3f9c2a7d",
                "loadBalancerName": "checkout-edge",
                "loadBalancerType": "open",
                "domain": "checkout.hslb.example.com",
                "loadBalancerVips": ["203.0.113.17"],
                "status": 1,
                "createTime": "2018-01-15 10:02:11",
                "statusTime": "2018-01-15 10:03:40",
                "unVpcId": "vpc-4k8d2m6s",
                "unSubnetId": "0",
                "vpcId": 1000,
                "subnetId": 0,
                "projectId": 0,
                "latestPayMode": "flow",
                "payMode": "flow",
                "bandwidth": 0,
                "tgwSetType": "fullnat",
                "ipProtocolType": "ipv4",
            }
        ],
        "totalCount": 1,
    }


async def test_api_3_shows_a_load_balancer_with_every_documented_field(caller: Caller) -> None:
    answer = await caller.v3("DescribeLoadBalancers", LoadBalancerIds=["lb-0c5a9e2b"])

    documented = (
        "LoadBalancerId ProjectId LoadBalancerName LoadBalancerType Exclusive TgwSetType Domain VpcId SubnetId Status "
        "PayMode LatestPayMode CreateTime StatusTime VpcName VpcCidrBlock LoadBalancerVips SupportListenerTypes "
        "Bandwidth ConfId ConfName LoadBalancerVipv6s IpProtocolType BzPayMode BzL4Metrics BzL7Metrics IntVpcId CurVips"
    )
    (one,) = answer["LoadBalancerSet"]
    assert set(one) == set(documented.split())
    assert (one["VpcId"], one["IntVpcId"], one["SubnetId"]) == ("vpc-4k8d2m6s", 1000, "0")
    assert (one["LoadBalancerVips"], one["CurVips"], one["Status"], answer["TotalCount"]) == ([""], None, 0, 1)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["lb-3f9c2a7d", "lb-6b1d8e4f", "lb-0c5a9e2b", "lb-quicktst"]),
        ({"loadBalancerIds": ["lb-quicktst", "lb-nowhere"]}, ["lb-quicktst"]),
        ({"loadBalancerType": "internal"}, ["lb-6b1d8e4f", "lb-quicktst"]),
        ({"loadBalancerName": "edge"}, ["lb-3f9c2a7d", "lb-0c5a9e2b"]),
        ({"domain": "checkout.hslb.example.com"}, ["lb-3f9c2a7d"]),
        ({"loadBalancerVips": ["10.30.0.9", "192.0.2.1"]}, ["lb-6b1d8e4f"]),
        ({"searchKey": "203.0.113"}, ["lb-3f9c2a7d"]),
        ({"searchKey": "orders"}, ["lb-6b1d8e4f"]),
        ({"projectId": 1}, []),
        ({"exclusive": 0, "tgwSetType": "fullnat", "loadBalancerName": "quick"}, ["lb-quicktst"]),
        ({"tgwSetType": "tunnel"}, []),
        ({"vpcId": "vpc-2h4j6k8l"}, []),
        ({"queryType": "CONFID", "confId": "conf-1"}, []),
        ({"orderBy": "loadBalancerName"}, ["lb-3f9c2a7d", "lb-6b1d8e4f", "lb-quicktst", "lb-0c5a9e2b"]),
        ({"orderBy": "createTime", "orderType": 1}, ["lb-0c5a9e2b", "lb-6b1d8e4f", "lb-3f9c2a7d", "lb-quicktst"]),
        ({"offset": 1, "limit": 2}, ["lb-6b1d8e4f", "lb-0c5a9e2b"]),
        ({"offset": 9}, []),
    ],
)
async def test_load_balancers_are_found_by_every_filter(
    caller: Caller, filters: dict[str, object], expected: list[str]
) -> None:
    assert await ids(caller, **filters) == expected


async def test_v2_takes_the_same_filters_under_its_own_names(caller: Caller) -> None:
    answer = await caller.v2(
        "DescribeBmLoadBalancers", unVpcId="vpc-4k8d2m6s", loadBalancerType="internal", limit=1, orderBy="createTime"
    )

    assert [each["loadBalancerId"] for each in answer["loadBalancerSet"]] == ["lb-quicktst"]
    assert answer["totalCount"] == 2


async def test_another_region_shows_other_load_balancers(caller: Caller) -> None:
    there = await caller.v2("DescribeBmLoadBalancers", Region="gz")
    elsewhere = await caller.v2("DescribeBmListeners", Region="gz", loadBalancerId="lb-3f9c2a7d")

    assert [each["loadBalancerId"] for each in there["loadBalancerSet"]] == ["lb-9d4b7f1e"]
    assert module_code(elsewhere) == 11041


async def test_array_indexes_may_start_anywhere_and_are_ordered_by_number(caller: Caller) -> None:
    query = {"listenerIds.10": "lbl-2q4w6e8r", "listenerIds.9": "lbl-8k2m4p6q"}

    answer = await caller.v2("DescribeBmListeners", loadBalancerId="lb-3f9c2a7d", **query)

    assert [each["listenerId"] for each in answer["listenerSet"]] == ["lbl-8k2m4p6q", "lbl-2q4w6e8r"]


async def test_v2_shows_l4_listeners_with_every_documented_field(caller: Caller) -> None:
    answer = await caller.v2("DescribeBmListeners", loadBalancerId="lb-3f9c2a7d")

    assert answer["totalCount"] == 4
    assert answer["listenerSet"][0] == {
        "listenerId": "lbl-8k2m4p6q",
        "listenerName": "checkout-tcp",
        "protocol": "tcp",
        "loadBalancerPort": 443,
        "bandwidth": 0,
        "listenerType": "L4Listener",
        "sessionExpire": 0,
        "healthSwitch": 1,
        "timeOut": 2,
        "intervalTime": 5,
        "healthNum": 2,
        "unhealthNum": 2,
        "customHealthSwitch": 1,
        "inputType": "text",
        "lineSeparatorType": 3,
        "healthRequest": "GET /healthz HTTP/1.0",
        "healthResponse": "HTTP/1.0 200",
        "toaFlag": 1,
        "status": 1,
        "addTimestamp": "2018-01-15 10:00:00",
    }


async def test_api_3_shows_the_same_listeners_without_a_count(caller: Caller) -> None:
    v2 = await caller.v2("DescribeBmListeners", loadBalancerId="lb-3f9c2a7d")

    v3 = await caller.v3("DescribeL4Listeners", LoadBalancerId="lb-3f9c2a7d", ListenerIds=[])

    def renamed(listener: Json) -> Json:
        return {**{name[0].upper() + name[1:]: value for name, value in listener.items()}, "BalanceMode": ""}

    assert v3 == {"ListenerSet": [renamed(each) for each in v2["listenerSet"]], "RequestId": v3["RequestId"]}


async def test_an_l7_listener_is_no_l4_listener_but_has_a_port(caller: Caller) -> None:
    l4 = await caller.v2("DescribeBmListeners", loadBalancerId="lb-3f9c2a7d", listenerIds=["lbl-9z1x3c5v"])
    v2 = await caller.v2("DescribeBmVportInfo", loadBalancerId="lb-3f9c2a7d")
    v3 = await caller.v3("DescribeLoadBalancerPortInfo", LoadBalancerId="lb-3f9c2a7d")

    assert (l4["listenerSet"], l4["totalCount"]) == ([], 0)
    assert v2["totalCount"] == 5
    assert v2["listenerSet"][3] == {
        "listenerId": "lbl-9z1x3c5v",
        "listenerName": "checkout-https",
        "protocol": "https",
        "loadBalancerPort": 8443,
        "bandwidth": 0,
        "status": 1,
    }
    assert v3["ListenerSet"][3] == {
        "ListenerId": "lbl-9z1x3c5v",
        "ListenerName": "checkout-https",
        "Protocol": "https",
        "LoadBalancerPort": 8443,
        "Bandwidth": 0,
        "Status": 1,
        "Port": 0,
    }


async def test_listener_info_searches_and_has_the_documented_gap(caller: Caller) -> None:
    by_name = await caller.v2("DescribeBmListenerInfo", loadBalancerId="lb-3f9c2a7d", searchKey="udp")
    by_host = await caller.v3("DescribeL4ListenerInfo", LoadBalancerId="lb-3f9c2a7d", InstanceIds=["cpm-7h3j5k9l"])

    (one,) = by_name["listenerSet"]
    assert one["listenerId"] == "lbl-5w7e9r1t"
    assert not {"customHealthSwitch", "inputType", "healthRequest", "toaFlag"} & set(one)
    assert "totalCount" not in by_name
    assert [each["ListenerId"] for each in by_host["ListenerSet"]] == ["lbl-8k2m4p6q", "lbl-2q4w6e8r"]


async def test_a_page_holds_20_unless_asked_and_100_at_most(http: httpx.AsyncClient, clock: OwnedClock) -> None:
    many = Seed.model_validate({"load_balancers": [{"id": f"lb-{n}", "name": f"number {n}"} for n in range(120)]})
    async with running(Cloud(many, KEYS, clock=clock.as_clock())) as url:
        caller = Caller(url=url, http=http, clock=clock)
        pages = [await caller.v2("DescribeBmLoadBalancers", **asked) for asked in ({}, {"limit": 50}, {"limit": 1000})]

    assert [len(page["loadBalancerSet"]) for page in pages] == [20, 50, 100]
    assert {page["totalCount"] for page in pages} == {120}


async def test_the_journal_holds_the_probe_ports_that_a_read_told(caller: Caller) -> None:
    await caller.v3("DescribeL4Backends", LoadBalancerId="lb-3f9c2a7d", ListenerId="lbl-8k2m4p6q")

    [read] = await caller.listed("journal")
    assert read["told"]["cpm-1x7v9d3h:1234"] == 8080

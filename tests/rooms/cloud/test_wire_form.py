"""What the client puts on the wire, field by field."""

import json
from pathlib import Path

import pytest

from bot.domain.checks import ListenerNotFound, LoadBalancerNotFound
from bot.domain.errors import CallUnanswered
from bot.domain.operation import SetProbePort
from tests.rooms.cloud.conftest import Opener
from tests.rooms.cloud.wire import Arrived, Say, say, wired

VECTORS = Path(__file__).resolve().parents[2] / "unit" / "cloud" / "vectors_tc3.json"
CHANGE = SetProbePort(
    load_balancer="lb-abcdefgh", listener="lbl-abcdefgh", host="cpm-abcdefgh", port=1234, probe_port=12345
)
SIGNING = {"Timestamp", "Nonce", "SecretId", "SignatureMethod", "Token", "Signature"}


async def test_a_v2_change_is_the_seed_documents_call_as_a_form(opened: Opener) -> None:
    async with wired(lambda _: say({"code": 0, "requestId": 1234})) as wire, opened(wire.url, api="v2") as bmlb:
        receipt = await bmlb.modify(CHANGE, 0)

    (arrived,) = wire.arrived
    assert receipt.task == "1234"
    assert arrived.form.keys() >= SIGNING
    assert {name: value for name, value in arrived.form.items() if name not in SIGNING} == {
        "Action": "ModifyBmL4ListenerBackendProbePort",
        "Region": "bj",
        "loadBalancerId": "lb-abcdefgh",
        "listenerId": "lbl-abcdefgh",
        "instanceId": "cpm-abcdefgh",
        "port": "1234",
        "probePort": "12345",
    }


async def test_a_3_0_change_has_the_body_of_the_official_vector(opened: Opener) -> None:
    vector = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"][0]

    async with wired(lambda _: say({"Response": {"TaskId": 1}})) as wire, opened(wire.url, api="3.0") as bmlb:
        await bmlb.modify(CHANGE, 0)

    (arrived,) = wire.arrived
    assert arrived.body.decode() == vector["body"]
    assert arrived.headers["x-tc-action"] == vector["action"] == "ModifyL4BackendProbePort"
    assert arrived.headers["x-tc-version"] == "2018-06-25"
    assert arrived.headers["x-tc-region"] == "ap-beijing"


@pytest.mark.parametrize(("given", "kept"), [(2385730, "2385730"), ("2385687", "2385687"), ("7LBTASKID", "7LBTASKID")])
async def test_a_3_0_task_id_of_any_form_goes_back_as_text(given: object, kept: str, opened: Opener) -> None:
    answer = say({"Response": {"TaskId": given, "Status": 0, "RequestId": "r-1"}})

    async with wired(lambda _: answer) as wire, opened(wire.url, api="3.0") as bmlb:
        receipt = await bmlb.modify(CHANGE, 0)
        await bmlb.task(receipt.task)

    assert (receipt.task, receipt.request_id) == (kept, "r-1")
    assert json.loads(wire.arrived[1].body) == {"TaskId": kept}


@pytest.mark.parametrize(
    "answer",
    [{"requestId": 1234}, {"requestId": "1234"}, {"data": {"requestId": 1234}}, {"requestId": 1234, "data": []}],
)
async def test_a_v2_task_id_is_taken_from_the_top_or_from_where_a_sister_product_nests_it(
    answer: dict[str, object], opened: Opener
) -> None:
    async with wired(lambda _: say({"code": "0", **answer})) as wire, opened(wire.url, api="v2") as bmlb:
        receipt = await bmlb.modify(CHANGE, 0)

    assert receipt.task == "1234"


@pytest.mark.parametrize("api", ["v2", "3.0"])
@pytest.mark.parametrize("task", [None, "", True, 1.5, [], {}])
async def test_a_yes_without_a_usable_task_id_is_unanswered(api: str, task: object, opened: Opener) -> None:
    answer = say({"code": 0, "requestId": task, "Response": {"TaskId": task}})

    async with wired(lambda _: answer) as wire, opened(wire.url, api=api) as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.modify(CHANGE, 0)

    assert raised.value.code in {"no_task_id", "unreadable"}


async def test_a_renamed_field_stops_a_read_by_its_name_and_is_not_asked_for_again(opened: Opener) -> None:
    async with wired(lambda _: say({"code": 0, "data": {"state": 0}})) as wire, opened(wire.url, api="v2") as bmlb:
        with pytest.raises(CallUnanswered) as raised:
            await bmlb.task("1")

    assert (raised.value.code, raised.value.message) == ("unreadable", "data.status")
    assert len(wire.arrived) == 1


def a_full_account(arrived: Arrived) -> Say:
    offset = int(arrived.form.get("offset", "0"))
    rows = [] if "loadBalancerIds.0" in arrived.form else range(offset, min(offset + 20, 47))
    return say(
        {
            "code": 0,
            "loadBalancerSet": [{"loadBalancerId": f"lb-{number:08}", "status": 1} for number in rows],
            "totalCount": 47 if rows else 0,
            "listenerSet": [],
            "data": [],
        }
    )


async def test_near_ids_are_looked_for_on_every_page(closed: int, opened: Opener) -> None:
    without_3_0 = f"http://127.0.0.1:{closed}/"

    async with wired(a_full_account) as wire, opened(wire.url, api="v2", v3_url=without_3_0) as bmlb:
        with pytest.raises(LoadBalancerNotFound) as raised:
            await bmlb.observe("lb-00000046x", "lbl-a")

    have = raised.value.facts["have"]
    assert isinstance(have, tuple)
    assert (have[0], len(have)) == ("lb-00000046", 5)


@pytest.mark.parametrize(
    ("api", "no"),
    [
        ("v2", {"code": 4000, "message": "(11041)no record"}),
        ("v2", {"code": 5000, "message": "resource does not exist"}),
        ("3.0", {"Response": {"Error": {"Code": "ResourceNotFound", "Message": "no"}}}),
    ],
)
async def test_a_load_balancer_that_the_cloud_calls_unknown_is_not_found(
    api: str, no: dict[str, object], opened: Opener
) -> None:
    async with wired(lambda _: say(no)) as wire, opened(wire.url, api=api) as bmlb:
        with pytest.raises(LoadBalancerNotFound):
            await bmlb.observe("lb-a", "lbl-a")


async def test_an_l4_listener_that_only_the_port_list_knows_yet_is_not_found_rather_than_l7(opened: Opener) -> None:
    answer = {
        "code": 0,
        "loadBalancerSet": [{"loadBalancerId": "lb-a", "status": 1}],
        "totalCount": 1,
        "listenerSet": [],
        "data": [],
    }
    ports = {"code": 0, "listenerSet": [{"listenerId": "lbl-a", "protocol": "tcp"}]}

    def script(arrived: Arrived) -> Say:
        return say(ports if arrived.action == "DescribeBmVportInfo" else answer)

    async with wired(script) as wire, opened(wire.url, api="v2", v3_url=f"{wire.url}/none") as bmlb:
        with pytest.raises(ListenerNotFound):
            await bmlb.observe("lb-a", "lbl-a")


async def test_near_ids_are_a_courtesy_that_may_fail(closed: int, opened: Opener) -> None:
    def counting_only(arrived: Arrived) -> Say:
        answer = a_full_account(arrived)
        return answer if "loadBalancerIds.0" in arrived.form or "offset" not in arrived.form else say({"code": 4101})

    async with wired(counting_only) as wire, opened(wire.url, v3_url=f"http://127.0.0.1:{closed}/") as bmlb:
        with pytest.raises(LoadBalancerNotFound) as raised:
            await bmlb.observe("lb-a", "lbl-a")

    assert raised.value.facts["have"] == ()

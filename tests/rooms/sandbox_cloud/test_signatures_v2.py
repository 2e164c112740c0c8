"""Who may call v2: keys, clock, replay, rights, region, host (fact sheet, sections 2.1, 3, 6.2)."""

import pytest

from bot.sandbox.cloud.state import Keys
from tests.rooms.sandbox_cloud.caller import KEYS, Caller

LIST = "DescribeBmLoadBalancers"
PATH = "/v2/index.php"


@pytest.mark.parametrize("signature_method", ["HmacSHA256", "HmacSHA1", "anything", None])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_both_methods_take_both_digests(caller: Caller, method: str, signature_method: str | None) -> None:
    given = caller.v2_parameters(LIST, SignatureMethod=signature_method)

    answer = await caller.v2_raw(caller.signed_v1(method, PATH, given), method)

    assert answer.json()["code"] == 0
    assert answer.headers["content-type"] == "application/json"


async def test_a_signature_may_be_made_over_three_hosts_and_no_other(caller: Caller) -> None:
    hosts = (caller.host, caller.host.split(":", maxsplit=1)[0], "bmlb.api.qcloud.com", "lb.api.qcloud.com")

    codes = []
    for host in hosts:
        signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST), host=host)
        codes.append((await caller.v2_raw(signed)).json()["code"])

    assert codes == [0, 0, 0, 4100]


async def test_a_wrong_key_is_4100(caller: Caller) -> None:
    caller.keys = Keys(secret_id=KEYS.secret_id, secret_key="another")

    assert (await caller.v2(LIST))["code"] == 4100


async def test_a_changed_parameter_is_4100(caller: Caller) -> None:
    signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST, limit=1))

    assert (await caller.v2_raw({**signed, "limit": "2"})).json()["code"] == 4100


async def test_a_signature_of_the_other_method_is_4100(caller: Caller) -> None:
    signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST))

    assert (await caller.v2_raw(signed, "POST")).json()["code"] == 4100


async def test_an_unknown_key_is_4104(caller: Caller) -> None:
    caller.keys = Keys(secret_id="AKIDnobody", secret_key=KEYS.secret_key)

    assert (await caller.v2(LIST))["code"] == 4104


@pytest.mark.parametrize(("off", "code"), [(300, 0), (301, 4500), (-300, 0), (-301, 4500)])
async def test_a_timestamp_counts_for_five_minutes(caller: Caller, off: int, code: int) -> None:
    assert (await caller.v2(LIST, Timestamp=int(caller.clock.wall) + off))["code"] == code


async def test_the_window_and_its_code_are_options(caller: Caller) -> None:
    await caller.control("POST", "options", timestamp_window=7200, expired_code=4200)

    late = await caller.v2(LIST, Timestamp=int(caller.clock.wall) - 7200)
    too_late = await caller.v2(LIST, Timestamp=int(caller.clock.wall) - 7201)

    assert (late["code"], too_late["code"]) == (0, 4200)


async def test_a_replay_is_4500_until_the_clock_alone_refuses_it(caller: Caller) -> None:
    signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST, Nonce=7))
    first = await caller.v2_raw(signed)
    again = await caller.v2_raw(signed)
    caller.clock.pass_by(601)
    other_time = await caller.v2(LIST, Nonce=7)
    long_after = await caller.v2_raw(signed)

    assert [each.json()["code"] for each in (first, again, long_after)] == [0, 4500, 4500]
    assert other_time["code"] == 0


async def test_a_refused_signature_does_not_use_up_its_nonce(caller: Caller) -> None:
    signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST))
    await caller.v2_raw({**signed, "Signature": "bm9uZQ=="})

    assert (await caller.v2_raw(signed)).json()["code"] == 0


@pytest.mark.parametrize("name", ["Action", "SecretId", "Timestamp", "Nonce", "Region"])
async def test_a_missing_common_parameter_is_4000(caller: Caller, name: str) -> None:
    answer = await caller.v2(LIST, **{name: None})

    assert answer == {"code": 4000, "message": answer["message"], "codeDesc": "InvalidParameter"}
    assert name in answer["message"]


async def test_a_missing_signature_is_4000(caller: Caller) -> None:
    assert (await caller.v2_raw(caller.v2_parameters(LIST))).json()["code"] == 4000


@pytest.mark.parametrize("name", ["Timestamp", "Nonce"])
@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "1" * 20])
async def test_a_number_that_is_none_is_4000(caller: Caller, name: str, value: str) -> None:
    assert (await caller.v2(LIST, **{name: value}))["code"] == 4000


@pytest.mark.parametrize(
    ("region", "code"), [("bj", 0), ("ap-beijing", 0), ("gz", 0), ("ap-chongqing", 0), ("cd", 4000), ("us", 4000)]
)
async def test_both_spellings_of_the_bm_regions_count(caller: Caller, region: str, code: int) -> None:
    assert (await caller.v2(LIST, Region=region))["code"] == code


async def test_a_token_counts_only_where_one_is_configured(caller: Caller) -> None:
    assert (await caller.v2(LIST, Token="whatever"))["code"] == 0


@pytest.mark.parametrize("action", ["DescribeBmEverything", "describeBmLoadBalancers", "DescribeLoadBalancers"])
async def test_an_unknown_action_is_6100(caller: Caller, action: str) -> None:
    assert (await caller.v2(action))["code"] == 6100


async def test_the_old_host_serves_no_bmlb_action(caller: Caller) -> None:
    signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST), host="lb.api.qcloud.com")

    answer = await caller.http.get(f"{caller.url}{PATH}", params=signed, headers={"Host": "lb.api.qcloud.com"})

    assert answer.json()["code"] == 6100


async def test_a_denied_action_is_4101(caller: Caller) -> None:
    await caller.control("POST", "options", denied_actions=[LIST])

    assert (await caller.v2(LIST))["code"] == 4101
    assert (await caller.v2("DescribeBmVportInfo", loadBalancerId="lb-3f9c2a7d"))["code"] == 0


async def test_a_parameter_named_twice_is_4000(caller: Caller) -> None:
    signed = caller.signed_v1("GET", PATH, caller.v2_parameters(LIST, limit=1))
    query = "&".join(f"{name}={value}" for name, value in {**signed, "Limit": "2"}.items())

    answer = await caller.http.get(f"{caller.url}{PATH}?{query}&limit=1")

    assert (answer.json()["code"], "limit" in answer.json()["message"]) == (4000, True)


async def test_a_post_ignores_its_query_and_wants_a_form(caller: Caller) -> None:
    signed = caller.signed_v1("POST", PATH, caller.v2_parameters(LIST, limit=1))

    form = await caller.http.post(f"{caller.url}{PATH}?limit=9&Action=Nonsense", data=signed)
    no_form = await caller.http.post(f"{caller.url}{PATH}", json=signed)

    assert (form.json()["code"], len(form.json()["loadBalancerSet"])) == (0, 1)
    assert no_form.json()["code"] == 4000


async def test_any_percent_encoding_of_a_value_is_the_same_value(caller: Caller) -> None:
    given = caller.v2_parameters(LIST, searchKey="黑石 +/=&?负载", SignatureMethod=None)
    signed = caller.signed_v1("GET", PATH, given)
    codes = []
    for encoded in (
        "%E9%BB%91%E7%9F%B3+%2B/%3D%26?%E8%B4%9F%E8%BD%BD",
        "%e9%bb%91%e7%9f%b3%20%2b%2f%3d%26%3f%e8%b4%9f%e8%bd%bd",
    ):
        caller.clock.pass_by(1)
        given["Timestamp"] = str(int(caller.clock.wall))
        signed = caller.signed_v1("GET", PATH, given)
        rest = "&".join(f"{name}={value}" for name, value in signed.items() if name not in {"searchKey", "Signature"})
        signature = signed["Signature"].replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        answer = await caller.http.get(f"{caller.url}{PATH}?{rest}&searchKey={encoded}&Signature={signature}")
        codes.append(answer.json()["code"])

    assert codes == [0, 0]


async def test_head_is_no_method_of_the_api(caller: Caller) -> None:
    assert (await caller.http.head(f"{caller.url}{PATH}")).status_code == 405

"""Who may call API 3.0: TC3 and v1 signatures, clock, sizes, rates, rights (fact sheet, sections 1.2, 2.2, 4, 9.6)."""

import json
from urllib.parse import urlencode

import httpx
import pytest

from bot.cloud import sign_v1
from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud, Keys
from tests.rooms.sandbox_cloud.caller import KEYS, Caller, Json, OwnedClock

LIST = "DescribeLoadBalancers"


def code(answer: Json) -> str | None:
    error: Json = answer.get("Error", {})
    return error.get("Code")


@pytest.mark.parametrize("host", ["own", "own without port", "bmlb.tencentcloudapi.com", "example.com"])
async def test_a_tc3_signature_may_be_made_over_three_hosts(caller: Caller, host: str) -> None:
    named = {"own": caller.host, "own without port": caller.host.split(":", maxsplit=1)[0]}.get(host, host)

    answer = await caller.v3_raw(LIST, b"{}", caller.tc3_headers(LIST, b"{}", host=named))

    assert code(answer) == ("AuthFailure.SignatureFailure" if host == "example.com" else None)


async def test_a_changed_body_fails_unless_the_payload_is_unsigned(caller: Caller) -> None:
    signed = caller.tc3_headers(LIST, b"{}")
    unsigned = caller.tc3_headers(LIST, b"{}", **{"X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"})

    changed = await caller.v3_raw(LIST, b'{"Limit": 1}', signed)
    free = await caller.v3_raw(LIST, b'{"Limit": 1}', unsigned)

    assert (code(changed), len(free["LoadBalancerSet"])) == ("AuthFailure.SignatureFailure", 1)


async def test_a_wrong_key_and_an_unknown_key_have_their_codes(caller: Caller) -> None:
    caller.keys = Keys(secret_id=KEYS.secret_id, secret_key="another")
    wrong = await caller.v3(LIST)
    caller.keys = Keys(secret_id="AKIDnobody", secret_key=KEYS.secret_key)
    unknown = await caller.v3(LIST)

    assert (code(wrong), code(unknown)) == ("AuthFailure.SignatureFailure", "AuthFailure.SecretIdNotFound")


@pytest.mark.parametrize(("off", "expected"), [(300, None), (301, "AuthFailure.SignatureExpire"), (-300, None)])
async def test_a_timestamp_counts_for_five_minutes(caller: Caller, off: int, expected: str | None) -> None:
    headers = caller.tc3_headers(LIST, b"{}", timestamp=str(int(caller.clock.wall) + off))

    assert code(await caller.v3_raw(LIST, b"{}", headers)) == expected


async def test_the_scope_must_be_of_the_timestamp_s_date_and_of_bmlb(caller: Caller) -> None:
    headers = caller.tc3_headers(LIST, b"{}")
    authorization = headers["Authorization"]

    other_date = await caller.v3_raw(
        LIST, b"{}", {**headers, "Authorization": authorization.replace("/2023-11-14/", "/2023-11-13/")}
    )
    other_service = await caller.v3_raw(
        LIST, b"{}", {**headers, "Authorization": authorization.replace("/bmlb/", "/cvm/")}
    )

    assert "/2023-11-14/" in authorization
    assert code(other_date) == "AuthFailure.SignatureFailure"
    assert code(other_service) == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize(
    "spoil",
    [
        ("TC3-", "TC4-"),
        ("content-type;host", "host"),
        ("content-type;host", "content-type;host;x-none"),
        ("Signature=", "Sig="),
    ],
)
async def test_an_authorization_of_another_form_is_refused(caller: Caller, spoil: tuple[str, str]) -> None:
    headers = caller.tc3_headers(LIST, b"{}")
    headers["Authorization"] = headers["Authorization"].replace(*spoil)

    assert code(await caller.v3_raw(LIST, b"{}", headers)) == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("X-TC-Region", None, "MissingParameter"),
        ("X-TC-Region", "bj", "UnsupportedRegion"),
        ("X-TC-Version", None, "MissingParameter"),
        ("X-TC-Version", "2017-03-12", "NoSuchVersion"),
        ("X-TC-Action", None, "MissingParameter"),
        ("X-TC-Action", "DescribeBmLoadBalancers", "InvalidAction"),
        ("X-TC-Timestamp", None, "MissingParameter"),
    ],
)
async def test_each_header_is_checked(caller: Caller, header: str, value: str | None, expected: str) -> None:
    headers = {name: text for name, text in caller.tc3_headers(LIST, b"{}").items() if name != header}

    answer = await caller.v3_raw(LIST, b"{}", headers if value is None else {**headers, header: value})

    assert code(answer) == expected


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"Limit": NaN}', b'{"SearchKey": "\\ud800"}', b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_an_invalid_request(caller: Caller, body: bytes) -> None:
    assert code(await caller.v3_raw(LIST, body)) == "InvalidRequest"


async def test_tc3_takes_json_only(caller: Caller) -> None:
    headers = caller.tc3_headers(LIST, b"Limit=1", content_type="application/x-www-form-urlencoded")

    assert code(await caller.v3_raw(LIST, b"Limit=1", headers)) == "InvalidRequest"


async def test_a_json_post_without_authorization_is_an_invalid_request(caller: Caller) -> None:
    answer = await caller.http.post(f"{caller.url}/", json={})

    assert code(answer.json()["Response"]) == "InvalidRequest"


async def test_nothing_signed_at_all_is_a_missing_parameter(caller: Caller) -> None:
    answer = await caller.http.get(f"{caller.url}/", params={"Action": LIST})

    assert answer.json()["Response"]["Error"] == {"Code": "MissingParameter", "Message": "缺少参数: SecretId"}


async def test_a_get_over_32_kb_is_too_large(caller: Caller) -> None:
    answer = await caller.http.get(f"{caller.url}/", params={"Action": "x" * 32 * 1024})

    assert code(answer.json()["Response"]) == "RequestSizeLimitExceeded"


async def test_a_v1_signature_works_on_get_and_post_and_is_read_as_text(caller: Caller) -> None:
    found = []
    for method in ("GET", "POST"):
        given = sign_v1.flatten(
            {
                **caller.v2_parameters(LIST, Region="ap-beijing", Version="2018-06-25", Language="en-US"),
                "LoadBalancerIds": ["lb-3f9c2a7d", "lb-quicktst"],
                "Limit": 1,
            }
        )
        signed = caller.signed_v1(method, "/", given)
        answer = (
            await caller.http.get(f"{caller.url}/?{urlencode(signed)}")
            if method == "GET"
            else await caller.http.post(f"{caller.url}/", data=signed)
        )
        found.append(answer.json()["Response"])

    assert [(each["TotalCount"], len(each["LoadBalancerSet"])) for each in found] == [(2, 1), (2, 1)]


async def test_the_language_header_chooses_the_words(caller: Caller) -> None:
    body = json.dumps({"LoadBalancerId": "lb-nowhere"}).encode()
    action = "DescribeL4Listeners"

    chinese = await caller.v3_raw(action, body)
    english = await caller.v3_raw(action, body, caller.tc3_headers(action, body, **{"X-TC-Language": "en-US"}))

    assert chinese["Error"]["Message"] == "CCDB中不存在该负载均衡记录信息: lb-nowhere"
    assert english["Error"]["Message"] == "the load balancer is not in CCDB: lb-nowhere"


async def test_twenty_calls_of_an_action_pass_in_a_second(caller: Caller) -> None:
    codes = [code(await caller.v3(LIST)) for _ in range(21)]
    other = await caller.v3("DescribeLoadBalancerPortInfo", LoadBalancerId="lb-3f9c2a7d")
    caller.clock.pass_by(1)
    after = await caller.v3(LIST)

    assert codes == [None] * 20 + ["RequestLimitExceeded"]
    assert (code(other), code(after)) == (None, None)


async def test_a_denied_action_is_an_unauthorized_operation(caller: Caller) -> None:
    await caller.control("POST", "options", deniedActions=[LIST])

    assert code(await caller.v3(LIST)) == "AuthFailure.UnauthorizedOperation"


@pytest.mark.parametrize("token", ["right", "wrong", ""])
async def test_where_a_token_is_configured_both_faces_want_it(
    http: httpx.AsyncClient, clock: OwnedClock, token: str
) -> None:
    keys = Keys(secret_id=KEYS.secret_id, secret_key=KEYS.secret_key, token="right")
    async with running(Cloud(load_seed(), keys, clock=clock.as_clock())) as url:
        caller = Caller(url=url, http=http, clock=clock)
        v2 = await caller.v2("DescribeBmLoadBalancers", Token=token or None)
        headers = caller.tc3_headers(LIST, b"{}", **({"X-TC-Token": token} if token else {}))
        v3 = await caller.v3_raw(LIST, b"{}", headers)

    expected = (0, None) if token == "right" else (4105, "AuthFailure.TokenFailure")
    assert (v2["code"], code(v3)) == expected

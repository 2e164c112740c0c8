"""The fact sheet's signature vectors (sections 3.1, 4.1), each sent as the request it was made for."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from bot.sandbox.cloud.seed import load_seed
from bot.sandbox.cloud.server import running
from bot.sandbox.cloud.state import Cloud, Keys
from tests.rooms.sandbox_cloud.caller import OwnedClock

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
KEYS = Keys(secret_id=VECTORS["secret_id"], secret_key=VECTORS["secret_key"])
V1 = {vector["id"]: vector for vector in VECTORS["v1"]}
# What the action itself answers once the signature has passed: 11041 for a foreign load balancer, 9003 for an array
# that is asked of nobody, 6100 for actions that this sandbox does not offer, 0 for a list of load balancers.
ANSWERS = {"ModifyBmL4ListenerBackendProbePort": 4000, "DescribeBmListeners": 4000, "DescribeBmLoadBalancers": 0}


async def send_v1(http: httpx.AsyncClient, vector: dict[str, Any], signature: str) -> dict[str, Any]:
    clock = OwnedClock(wall=float(vector["params"]["Timestamp"]))
    signed = {**vector["params"], "Signature": signature}
    async with running(Cloud(load_seed(), KEYS, clock=clock.as_clock())) as url:
        if vector["method"] == "GET":
            answer = await http.get(f"{url}/v2/index.php?{urlencode(signed)}")
        else:
            answer = await http.post(f"{url}/v2/index.php", data=signed)
    return dict(answer.json())


@pytest.mark.parametrize("vector", VECTORS["v1"], ids=lambda vector: vector["id"])
async def test_a_right_v1_signature_passes(http: httpx.AsyncClient, vector: dict[str, Any]) -> None:
    answer = await send_v1(http, vector, vector["signature"])

    assert answer["code"] == ANSWERS.get(vector["params"]["Action"], 6100)


@pytest.mark.parametrize("wrong", VECTORS["wrong"], ids=lambda wrong: wrong["id"])
async def test_a_wrong_v1_signature_is_4100(http: httpx.AsyncClient, wrong: dict[str, Any]) -> None:
    answer = await send_v1(http, V1[wrong["vector"]], wrong["signature"])

    assert (answer["code"], answer["codeDesc"]) == (4100, "AuthFailure")


@pytest.mark.parametrize("vector", VECTORS["tc3"], ids=lambda vector: vector["id"])
@pytest.mark.parametrize(("spoil", "code"), [(False, None), (True, "AuthFailure.SignatureFailure")])
async def test_a_tc3_signature_passes_only_unspoilt(
    http: httpx.AsyncClient, vector: dict[str, Any], *, spoil: bool, code: str | None
) -> None:
    clock = OwnedClock(wall=float(vector["timestamp"]))
    signature = vector["signature"]
    headers = {
        "Authorization": vector["authorization"].replace(signature, signature[::-1] if spoil else signature),
        "Content-Type": vector["content_type"],
        "X-TC-Action": vector["action"],
        "X-TC-Version": "2018-06-25",
        "X-TC-Region": "ap-beijing",
        "X-TC-Timestamp": str(vector["timestamp"]),
        **({"X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"} if vector["id"] == "T5" else {}),
    }
    async with running(Cloud(load_seed(), KEYS, clock=clock.as_clock())) as url:
        answer = await http.request(
            vector["method"], f"{url}/?{vector.get('query', '')}", content=vector.get("body"), headers=headers
        )

    passed = "InvalidAction" if vector["action"] == "ModifyLoadBalancer" else "ResourceNotFound"
    assert answer.json()["Response"]["Error"]["Code"] == (code or passed)


@pytest.mark.parametrize("vector", VECTORS["v1_on_3"], ids=lambda vector: vector["id"])
async def test_api_3_takes_a_v1_signature_too(http: httpx.AsyncClient, vector: dict[str, Any]) -> None:
    clock = OwnedClock(wall=float(vector["timestamp"]))
    parameters = dict(pair.split("=") for pair in vector["string_to_sign"].partition("?")[2].split("&"))
    codes = []
    for signature in (vector["signature"], vector["signature"].swapcase()):
        signed = {**parameters, "Signature": signature}
        async with running(Cloud(load_seed(), KEYS, clock=clock.as_clock())) as url:
            if vector["method"] == "GET":
                answer = await http.get(f"{url}/?{urlencode(signed)}")
            else:
                answer = await http.post(f"{url}/", data=signed)
        codes.append(answer.json()["Response"]["Error"]["Code"])

    assert codes == ["ResourceNotFound", "AuthFailure.SignatureFailure"]

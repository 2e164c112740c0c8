import json
import random
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest

from bot.cloud.auth import Keys, Tc3Auth, V1Auth
from bot.cloud.sign_v1 import sign, string_to_sign

TC3 = json.loads((Path(__file__).parent / "vectors_tc3.json").read_text(encoding="utf-8"))
KEYS = Keys(secret_id=TC3["secret_id"], secret_key=TC3["secret_key"])
TEMPORARY = Keys(secret_id=TC3["secret_id"], secret_key=TC3["secret_key"], token="EXAMPLEtoken+/==")
PARAMETERS = {"Action": "ModifyBmLoadBalancerAttributes", "loadBalancerName": "黑石 & co + 1/2 = %41", "empty": ""}


def form_of(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True, strict_parsing=True))


def signed_form(auth: V1Auth) -> httpx.Request:
    unsigned = httpx.Request(
        "POST", "http://127.0.0.1:9999/v2/index.php", data=PARAMETERS, extensions={"timeout": {"read": 7}}
    )
    return next(auth.auth_flow(unsigned))


@pytest.mark.parametrize("keys", [KEYS, TEMPORARY])
def test_a_signed_form_verifies_over_its_own_decoded_parameters(keys: Keys, rng: random.Random) -> None:
    request = signed_form(V1Auth(keys, now=lambda: 1507728683.9, rng=rng))

    form = form_of(request)
    text = string_to_sign("POST", "127.0.0.1", "/v2/index.php", form)
    assert form["Signature"] == sign(keys.secret_key, text, "HmacSHA256")
    assert form.items() >= {**PARAMETERS, "Timestamp": "1507728683", "SecretId": keys.secret_id}.items()
    assert form.get("Token", "") == keys.token
    assert int(form["Nonce"]) > 0


def test_signing_a_form_keeps_its_limits_and_counts_its_length_anew(rng: random.Random) -> None:
    request = signed_form(V1Auth(KEYS, now=lambda: 1507728683, rng=rng))

    assert request.extensions == {"timeout": {"read": 7}}
    assert request.headers["Content-Length"] == str(len(request.content))
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_every_attempt_is_signed_with_a_new_nonce(rng: random.Random) -> None:
    auth = V1Auth(KEYS, now=lambda: 1507728683, rng=rng)

    nonces = {form_of(signed_form(auth))["Nonce"] for _ in range(100)}

    assert len(nonces) == 100


@pytest.mark.parametrize("vector", [vector for vector in TC3["vectors"] if vector["id"] in {"T1", "T2", "T4"}])
def test_a_json_post_gets_the_header_of_its_vector(vector: dict[str, str]) -> None:
    auth = Tc3Auth(KEYS, now=lambda: float(vector["timestamp"]) + 0.5)
    unsigned = httpx.Request(
        "POST", f"https://{vector['host']}/", content=vector["body"], headers={"Content-Type": vector["content_type"]}
    )

    request = next(auth.auth_flow(unsigned))

    assert request.headers["Authorization"] == vector["authorization"]
    assert request.headers["X-TC-Timestamp"] == str(vector["timestamp"])
    assert "X-TC-Token" not in request.headers


def test_temporary_keys_send_their_token() -> None:
    unsigned = httpx.Request(
        "POST", "http://127.0.0.1:9999/", content=b"{}", headers={"Content-Type": "application/json"}
    )

    request = next(Tc3Auth(TEMPORARY, now=lambda: 1700000000).auth_flow(unsigned))

    assert request.headers["X-TC-Token"] == TEMPORARY.token


def test_keys_show_nothing_of_themselves() -> None:
    assert repr(TEMPORARY) == "Keys()"

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cloud import sign_tc3

TC3 = json.loads((Path(__file__).parent / "vectors_tc3.json").read_text(encoding="utf-8"))
KEY = TC3["secret_key"]
VECTORS = [vector for vector in TC3["vectors"] if vector["algorithm"] == sign_tc3.ALGORITHM]
BY_ID = {vector["id"]: vector for vector in VECTORS}


def canonical(vector: dict[str, Any], payload: bytes) -> str:
    return sign_tc3.canonical_request(
        method=vector["method"],
        host=vector["host"],
        content_type=vector["content_type"],
        payload=payload,
        query=vector.get("query", ""),
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_every_vector_gives_its_request_its_text_and_its_header(vector: dict[str, Any]) -> None:
    unsigned = vector["note"].endswith("UNSIGNED-PAYLOAD")
    payload = sign_tc3.UNSIGNED_PAYLOAD if unsigned else vector.get("body", "").encode()

    request = canonical(vector, payload)
    text = sign_tc3.string_to_sign(request, vector["timestamp"])
    signature = sign_tc3.sign(KEY, text, vector["timestamp"])

    assert request == vector["canonical_request"]
    assert text == vector["string_to_sign"]
    assert signature == vector["signature"]
    assert sign_tc3.authorization(TC3["secret_id"], signature, vector["timestamp"]) == vector["authorization"]


def test_the_five_tc3_vectors_are_all_held() -> None:
    assert list(BY_ID) == ["T1", "T2", "T3", "T4", "T5"]


def test_the_second_that_crosses_midnight_in_utc_changes_the_scope() -> None:
    midnight = BY_ID["T2"]["timestamp"]

    assert sign_tc3.scope(midnight - 1) == "2023-11-14/bmlb/tc3_request"
    assert sign_tc3.scope(midnight) == "2023-11-15/bmlb/tc3_request"


@pytest.mark.parametrize(
    "changed", [{"host": "bmlb.tencentcloudapi.com:443"}, {"method": "GET"}, {"content_type": "application/JSON"}]
)
def test_another_host_method_or_content_type_is_another_signature(changed: dict[str, str]) -> None:
    vector = BY_ID["T1"]
    request = canonical({**vector, **changed}, vector["body"].encode())

    text = sign_tc3.string_to_sign(request, vector["timestamp"])

    assert sign_tc3.sign(KEY, text, vector["timestamp"]) != vector["signature"]


def test_the_same_json_in_other_bytes_is_another_signature() -> None:
    vector = BY_ID["T4"]
    other_bytes = json.dumps(json.loads(vector["body"]), ensure_ascii=False).encode()

    text = sign_tc3.string_to_sign(canonical(vector, other_bytes), vector["timestamp"])

    assert sign_tc3.sign(KEY, text, vector["timestamp"]) != vector["signature"]

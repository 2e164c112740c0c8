import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cloud.sign_v1 import Value, flatten, sign, string_to_sign

V1 = json.loads((Path(__file__).parent / "vectors_v1.json").read_text(encoding="utf-8"))
TC3 = json.loads((Path(__file__).parent / "vectors_tc3.json").read_text(encoding="utf-8"))
KEY = V1["secret_key"]
BY_ID = {vector["id"]: vector for vector in V1["vectors"]}
REFUSED = {vector["id"]: vector["signature"] for vector in V1["negative"]}
ON_3 = [vector for vector in TC3["vectors"] if vector["algorithm"].startswith("Hmac")]

texts = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.text(st.characters(codec="utf-8", exclude_characters="."), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


def text_of(vector: dict[str, Any]) -> str:
    return string_to_sign(vector["method"], vector["host"], vector["path"], vector["params"])


@pytest.mark.parametrize("vector", V1["vectors"], ids=lambda vector: vector["id"])
def test_every_vector_gives_its_text_and_its_signature(vector: dict[str, Any]) -> None:
    text = text_of(vector)

    assert text == vector["string_to_sign"]
    assert sign(KEY, text, vector["algorithm"]) == vector["signature"]


@pytest.mark.parametrize("vector", ON_3, ids=lambda vector: vector["id"])
def test_the_v1_vectors_of_api_3_give_their_text_and_their_signature(vector: dict[str, Any]) -> None:
    query = vector["string_to_sign"].partition("?")[2]
    parameters = dict(pair.split("=", 1) for pair in query.split("&"))
    shuffled = dict(sorted(parameters.items(), reverse=True))

    text = string_to_sign(vector["method"], vector["host"], "/", shuffled)

    assert text == vector["string_to_sign"]
    assert sign(TC3["secret_key"], text, parameters["SignatureMethod"]) == vector["signature"]


def swapped(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def unordered(vector: dict[str, Any], keys: list[str]) -> str:
    pairs = "&".join(f"{key}={vector['params'][key]}" for key in keys)
    return f"{vector['method']}{vector['host']}{vector['path']}?{pairs}"


def numeric_order(key: str) -> tuple[str, int]:
    name, _, index = key.partition(".")
    return name, int(index or 0)


WRONG = {
    "N1": (
        swapped(
            text_of(BY_ID["V7"]),
            "黑石负载均衡_01",
            "%E9%BB%91%E7%9F%B3%E8%B4%9F%E8%BD%BD%E5%9D%87%E8%A1%A1_01",
        ),
        "HmacSHA256",
        "V7",
    ),
    "N2": (unordered(BY_ID["V6"], sorted(BY_ID["V6"]["params"], key=numeric_order)), "HmacSHA1", "V6"),
    "N3": (unordered(BY_ID["V1"], sorted(BY_ID["V1"]["params"], key=str.lower)), "HmacSHA1", "V1"),
    "N4": (text_of(BY_ID["V2"]), "HmacSHA1", "V2"),
    "N5": (text_of(BY_ID["V1"]).removeprefix("GET"), "HmacSHA1", "V1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_every_wrong_signature_comes_from_its_mistake_and_not_from_us(case: str) -> None:
    mistaken_text, mistaken_method, vector = WRONG[case]
    right = BY_ID[vector]

    assert sign(KEY, mistaken_text, mistaken_method) == REFUSED[case]
    assert sign(KEY, text_of(right), right["algorithm"]) != REFUSED[case]


def test_a_signature_in_the_parameters_is_left_out_of_the_text() -> None:
    vector = BY_ID["V1"]
    with_signature = {**vector["params"], "Signature": vector["signature"]}

    assert string_to_sign("get", vector["host"], vector["path"], with_signature) == vector["string_to_sign"]


@pytest.mark.parametrize("method", ["", "HmacSHA1", "hmacsha256", "SHA256"])
def test_anything_but_the_exact_name_of_sha256_means_sha1(method: str) -> None:
    vector = BY_ID["V1"]

    assert sign(KEY, vector["string_to_sign"], method) == vector["signature"]


def test_arrays_and_objects_go_out_flat_from_index_0() -> None:
    backends: list[Value] = [
        {"port": 1234, "probePort": 8081, "instanceId": "cpm-aaaaaaaa", "weight": 10},
        {"port": 1235, "probePort": None, "instanceId": "cpm-bbbbbbbb", "weight": 0},
    ]

    flat = flatten({"listenerIds": ["lbl-a", "lbl-b"], "backends": backends, "on": True, "off": False})

    expected = {key: value for key, value in BY_ID["V5"]["params"].items() if key.startswith("backends.")}
    assert flat == {"listenerIds.0": "lbl-a", "listenerIds.1": "lbl-b", **expected, "on": "1", "off": "0"}


def leaves(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int):
        yield str(int(value))
    elif value is not None:
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from leaves(inner)


@given(st.dictionaries(names, values, max_size=6))
def test_flattening_loses_nothing_but_none(parameters: dict[str, Value]) -> None:
    flat = flatten(parameters)

    assert sorted(flat.values()) == sorted(leaves(parameters))


@given(st.dictionaries(st.text("aAbB.019", min_size=1), st.text("xy&=?", max_size=3), max_size=12))
def test_the_signed_order_is_the_byte_order_of_the_keys_whatever_order_they_came_in(parameters: dict[str, str]) -> None:
    text = string_to_sign("GET", "h", "/", parameters)
    shuffled = string_to_sign("GET", "h", "/", dict(reversed(parameters.items())))

    ordered = sorted(parameters, key=lambda key: key.encode())
    assert text == shuffled == "GETh/?" + "&".join(f"{key}={parameters[key]}" for key in ordered)

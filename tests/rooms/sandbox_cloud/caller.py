"""A client of the sandbox cloud that signs with the product's own signers, and a clock that the test moves."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx

from bot.cloud import sign_tc3, sign_v1
from bot.sandbox.cloud.state import Clock, Keys

KEYS = Keys(secret_id="AKIDsandbox0000000000000000000000001", secret_key="sandboxSECRETkey00000000000000001")
STARTED = 1_700_000_000.0

Json = dict[str, Any]


@dataclass
class OwnedClock:
    """Time that stands still until ``pass_by``; ``sleep`` returns at once and notes what was asked."""

    wall: float = STARTED
    monotonic: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def as_clock(self) -> Clock:
        return Clock(wall=lambda: self.wall, monotonic=lambda: self.monotonic, sleep=self._sleep)


@dataclass
class Caller:
    """Signed calls of both faces, and the control API. ``keys`` may be wrong on purpose."""

    url: str
    http: httpx.AsyncClient
    clock: OwnedClock
    keys: Keys = KEYS
    nonces: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def v2_parameters(self, action: str, **parameters: sign_v1.Value) -> dict[str, str]:
        common: dict[str, sign_v1.Value] = {
            "Action": action,
            "Region": "bj",
            "Timestamp": int(self.clock.wall),
            "Nonce": next(self.nonces),
            "SecretId": self.keys.secret_id,
            "SignatureMethod": "HmacSHA256",
        }
        return sign_v1.flatten({**common, **parameters})

    def signed_v1(self, method: str, path: str, given: Mapping[str, str], host: str | None = None) -> dict[str, str]:
        text = sign_v1.string_to_sign(method, host or self.host, path, given)
        signature = sign_v1.sign(self.keys.secret_key, text, given.get("SignatureMethod", ""))
        return {**given, "Signature": signature}

    async def v2_raw(self, signed: Mapping[str, str], method: str = "GET") -> httpx.Response:
        url = f"{self.url}/v2/index.php"
        if method == "GET":
            return await self.http.get(f"{url}?{urlencode(signed)}")
        return await self.http.post(url, data=dict(signed))

    async def v2(self, action: str, **parameters: sign_v1.Value) -> Json:
        signed = self.signed_v1("GET", "/v2/index.php", self.v2_parameters(action, **parameters))
        return cast("Json", (await self.v2_raw(signed)).raise_for_status().json())

    def tc3_headers(self, action: str, body: bytes, *, host: str | None = None, **more: str) -> dict[str, str]:
        at = int(more.pop("timestamp", str(int(self.clock.wall))))
        content_type = more.pop("content_type", "application/json")
        payload = sign_tc3.UNSIGNED_PAYLOAD if more.get("X-TC-Content-SHA256") else body
        canonical = sign_tc3.canonical_request(
            method="POST", host=host or self.host, content_type=content_type, payload=payload
        )
        signature = sign_tc3.sign(self.keys.secret_key, sign_tc3.string_to_sign(canonical, at), at)
        return {
            "Authorization": sign_tc3.authorization(self.keys.secret_id, signature, at),
            "Content-Type": content_type,
            "X-TC-Action": action,
            "X-TC-Version": "2018-06-25",
            "X-TC-Timestamp": str(at),
            "X-TC-Region": "ap-beijing",
            **more,
        }

    async def v3_raw(self, action: str, body: bytes, headers: Mapping[str, str] | None = None) -> Json:
        made = self.tc3_headers(action, body) if headers is None else headers
        answer = await self.http.post(f"{self.url}/", content=body, headers=made)
        return cast("Json", answer.raise_for_status().json()["Response"])

    async def v3(self, action: str, **parameters: object) -> Json:
        return await self.v3_raw(action, json.dumps(parameters).encode())

    async def control(self, method: str, path: str, **order: object) -> Json:
        answer = await self.http.request(method, f"{self.url}/sandbox/{path}", json=order or None)
        return cast("Json", answer.raise_for_status().json())

    async def listed(self, path: str) -> list[Json]:
        answer = await self.http.get(f"{self.url}/sandbox/{path}")
        return cast("list[Json]", answer.raise_for_status().json())

    async def outcomes(self) -> list[str]:
        return [entry["outcome"] for entry in await self.listed("journal")]


TARGET_V2: dict[str, sign_v1.Value] = {
    "loadBalancerId": "lb-3f9c2a7d",
    "listenerId": "lbl-8k2m4p6q",
    "instanceId": "cpm-1x7v9d3h",
    "port": 1234,
    "probePort": 12345,
}
TARGET_V3: dict[str, object] = {
    "LoadBalancerId": "lb-3f9c2a7d",
    "ListenerId": "lbl-8k2m4p6q",
    "InstanceId": "cpm-1x7v9d3h",
    "Port": 1234,
    "ProbePort": 12345,
    "BindType": 0,
}


def module_code(answer: Json) -> int:
    """Return the module code of a v2 answer, or the common one; 0 is yes."""
    message = answer["message"]
    return int(message[1 : message.index(")")]) if message.startswith("(") else int(answer["code"])

"""Signing as ``httpx.Auth``: a generator without I/O, run anew for every attempt."""

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx

from bot.cloud import sign_tc3, sign_v1

_NONCE_MOST = 2**31 - 1  # the documents show five digits and call it an unsigned integer; section 2.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A key pair, with the session token of temporary keys. Never shown."""

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str = field(repr=False, default="")


class V1Auth(httpx.Auth):
    """Sign a form POST with HmacSHA256; fact sheet, sections 2.1 and 3.

    Every attempt gets its own Timestamp and Nonce, so a repeated read is no replay. ``now`` is seconds since the epoch.
    """

    requires_request_body = True

    def __init__(self, keys: Keys, *, now: Callable[[], float], rng: random.Random) -> None:
        self._keys = keys
        self._now = now
        self._rng = rng

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield ``request`` with the common parameters and the signature in its body."""
        form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        form |= {
            "Timestamp": str(int(self._now())),
            "Nonce": str(self._rng.randint(1, _NONCE_MOST)),
            "SecretId": self._keys.secret_id,
            "SignatureMethod": sign_v1.HMAC_SHA256,
        }
        if self._keys.token:
            form["Token"] = self._keys.token
        text = sign_v1.string_to_sign(request.method, request.url.host, request.url.path, form)
        form["Signature"] = sign_v1.sign(self._keys.secret_key, text, sign_v1.HMAC_SHA256)
        headers = request.headers.copy()
        del headers["Content-Length"]  # counted anew
        yield httpx.Request(request.method, request.url, headers=headers, data=form, extensions=request.extensions)


class Tc3Auth(httpx.Auth):
    """Sign a JSON POST with TC3-HMAC-SHA256; fact sheet, sections 2.2 and 4. ``now`` is seconds since the epoch."""

    requires_request_body = True

    def __init__(self, keys: Keys, *, now: Callable[[], float]) -> None:
        self._keys = keys
        self._now = now

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield ``request`` with its timestamp, token and authorization headers."""
        timestamp = int(self._now())
        canonical = sign_tc3.canonical_request(
            method=request.method,
            host=request.headers["Host"],
            content_type=request.headers["Content-Type"],
            payload=request.content,
        )
        text = sign_tc3.string_to_sign(canonical, timestamp)
        signature = sign_tc3.sign(self._keys.secret_key, text, timestamp)
        request.headers["X-TC-Timestamp"] = str(timestamp)
        request.headers["Authorization"] = sign_tc3.authorization(self._keys.secret_id, signature, timestamp)
        if self._keys.token:
            request.headers["X-TC-Token"] = self._keys.token
        yield request

"""What stands before Bolt in HTTP mode: only a request that Slack signed, just now, once, and that can be read, passes.

Bolt alone takes a replayed request, answers an unreadable one with an error of its own, and loses a command whose text
has the word "payload" in it (Slack fact sheet, section 7; Bolt's ``parse_body``). So the body is read once, here, and
handed on as the JSON that Socket Mode would have brought.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.slack.signatures import BODY_MOST, Signatures, Turned, Why

PATH: Final = "/slack/events"
BODY_SECONDS = 3.0  # after that Slack no longer waits for an answer
FIELDS_MOST = 100  # a command has some 15
PROBE_MOST = 512  # bytes of Slack's look at the certificate: a flag and a token
_TYPE = "application/x-www-form-urlencoded"
_log = structlog.get_logger(__name__)


def read(body: bytes, content_type: str) -> dict[str, Any]:
    """Return what a request says, as the object that Socket Mode would bring: a command's fields, or the payload.

    Raises:
        Turned: it is not UTF-8, no form, or says neither.
    """
    if content_type.partition(";")[0].strip().lower() != _TYPE:
        raise Turned(Why.NOT_FORM)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS_MOST
        )
    except UnicodeDecodeError as error:
        raise Turned(Why.NOT_UTF8) from error
    except ValueError as error:
        raise Turned(Why.NOT_FORM) from error
    fields: dict[str, Any] = dict(pairs)
    if "payload" in fields:
        return _payload(fields["payload"])
    if "command" in fields or fields.get("ssl_check") == "1":
        return fields
    raise Turned(Why.NEITHER)


def _payload(text: str) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Turned(Why.NOT_JSON) from error
    if not isinstance(payload, dict):
        raise Turned(Why.NOT_JSON)
    return payload


class Door:
    """One endpoint, as an ASGI app: what passes is handed to ``bolt``, anything else is answered here."""

    def __init__(self, bolt: ASGIApp, signatures: Signatures, *, seconds: float = BODY_SECONDS) -> None:
        self._bolt = bolt
        self._signatures = signatures
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one POST."""
        request = Request(scope, receive)
        try:
            said = await self._said(request)
        except Turned as no:
            _log.warning("a request was turned away", why=no.why, status=no.status, peer=_peer(request))
            await PlainTextResponse(no.says, no.status)(scope, receive, send)
        except ClientDisconnect:
            _log.warning("a request ended before its body did", peer=_peer(request))
        else:
            if said.get("ssl_check") == "1":  # Slack looks at the certificate; nothing is asked for
                await Response()(scope, receive, send)
            else:
                await self._hand_on(said, scope, send)

    async def _said(self, request: Request) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._seconds):
                body = await _body(request)
        except TimeoutError as error:
            raise Turned(Why.SLOW) from error
        content_type = request.headers.get("content-type", "")
        if _is_probe(body, content_type):
            return {"ssl_check": "1"}
        try:
            body.decode()
        except UnicodeDecodeError as error:  # the library would raise it while it checks the signature
            raise Turned(Why.NOT_UTF8) from error
        self._signatures.check(body, request.headers)
        return read(body, content_type)

    async def _hand_on(self, said: dict[str, Any], scope: Scope, send: Send) -> None:
        body = json.dumps(said).encode()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        # Nothing but what was checked: Bolt obeys some headers, and those are not signed.
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        try:
            await self._bolt({**scope, "headers": headers, "query_string": b""}, receive, send)
        except Exception:  # noqa: BLE001 - what Slack signed and Bolt can't take must end in a sentence all the same
            _log.exception("Bolt could not take a request")
            says = "This request could not be understood."
            await PlainTextResponse(says, HTTPStatus.BAD_REQUEST)(scope, receive, send)


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    read_so_far = bytearray()
    if declared.isdecimal() and int(declared) > BODY_MOST:
        raise Turned(Why.LARGE)
    async for chunk in request.stream():
        read_so_far += chunk
        if len(read_so_far) > BODY_MOST:
            raise Turned(Why.LARGE)
    return bytes(read_so_far)


def _is_probe(body: bytes, content_type: str) -> bool:
    """Say whether this is Slack's look at the certificate, which need not be signed (fact sheet, section 1)."""
    try:
        return len(body) <= PROBE_MOST and read(body, content_type).keys() <= {"ssl_check", "token"}
    except Turned:
        return False


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


async def _elsewhere(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
    _log.warning("a request was turned away", why=Why.ELSEWHERE, status=status, peer=_peer(request))
    headers = error.headers if isinstance(error, HTTPException) else None
    return PlainTextResponse(f"Slack's requests are taken by POST at {PATH}.", status, headers=headers)


def front(door: Door) -> Starlette:
    """Return the app that serves ``door`` at ``PATH``, and nothing else."""
    elsewhere = {HTTPStatus.NOT_FOUND: _elsewhere, HTTPStatus.METHOD_NOT_ALLOWED: _elsewhere}
    app = Starlette(routes=[Route(PATH, door, methods=["POST"])], exception_handlers=dict(elsewhere))
    app.router.redirect_slashes = False
    return app

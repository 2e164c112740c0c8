"""A body that can't be read, is too large or doesn't come is turned away before Bolt."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from bot.serving import serving
from bot.slack.door import PATH, front
from bot.slack.door import Door as Inner
from bot.slack.signatures import BODY_MOST, Signatures
from tests.rooms.slack.requests import FORM, Door, command, is_one_sentence

HELP = command()


@pytest.mark.parametrize(
    "body",
    [
        b"command=%2Flb&text=\xff",
        b"command=%2Flb&text=%ff",
        b"\xff\xfe",
        b"",
        b"no form",
        b'{"command": "/lb"}',
        b"text=help&user_id=U0ALICE",
        b"payload",
        b"payload=",
        b"payload={",
        b"payload=[]",
        b"payload=7",
        b"payload=null",
        b"payload=" + b"[" * 100_000,
        b"payload=" + b"1" * 10_000,
        urlencode({"payload": '{"authorizations": [1]}'}).encode(),
        urlencode({f"n{number}": "" for number in range(200)}).encode() + b"&command=%2Flb",
    ],
    ids=lambda body: body[:32],
)
async def test_a_body_that_can_not_be_read_is_turned_away(at: Door, body: bytes) -> None:
    answer = await at.post(body)

    assert answer.status_code == 400
    assert is_one_sentence(answer)
    assert await at.stored() == 0


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
async def test_a_body_of_another_kind_is_turned_away(at: Door, kind: str) -> None:
    assert (await at.post(HELP, {**at.headers(HELP), "Content-Type": kind})).status_code == 400


async def test_the_kind_of_a_form_may_have_parameters(at: Door) -> None:
    headers = {**at.headers(HELP), "Content-Type": f"{FORM.title()}; charset=utf-8"}

    assert (await at.post(HELP, headers)).status_code == 200


def pieces(length: int) -> Iterator[bytes]:
    for start in range(0, length, 1 << 16):
        yield b"x" * min(1 << 16, length - start)


@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_body_that_is_too_large_is_turned_away(at: Door, is_declared: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for piece in pieces(BODY_MOST + 1):
            yield piece

    content = b"x" * (BODY_MOST + 1) if is_declared else chunks()
    answer = await at.http.post(at.url, content=content, headers=at.headers(b"x"))

    assert answer.status_code == 413
    assert is_one_sentence(answer)


async def test_the_largest_body_passes(at: Door) -> None:
    body = command("x" * (BODY_MOST - len(command(""))))

    assert len(body) == BODY_MOST
    assert (await at.post(body)).status_code == 200


async def test_a_body_that_does_not_come_in_time_is_turned_away() -> None:
    inner = Inner(front, Signatures("secret", lambda: 0.0), seconds=0.05)  # type: ignore[arg-type]  # nothing reaches it
    async with serving(front(inner)) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        with closing(writer):
            writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ncommand".encode())
            status = await reader.readline()

    assert status.split()[1] == b"408"

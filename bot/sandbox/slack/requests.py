"""HTTP mode: signed form posts to the app's request URL, as Slack sends them (Slack fact sheet, sections 1, 5, 7)."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from bot.sandbox.slack.clock import Clock
from bot.sandbox.slack.wishes import BadWish

PATIENCE = aiohttp.ClientTimeout(total=60)  # seconds; an answer after Slack's three is recorded as late
OK = 200  # anything else is a failed delivery (Slack fact sheet, section 2)
REFUSED = "connection refused"


def request_urls(given: Iterable[object]) -> tuple[str, ...]:
    """Return ``given`` as request URLs.

    Raises:
        BadWish: one of them is none.
    """
    urls = tuple(str(one) for one in given)
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            message = f"{url!r} is no request URL; for example: http://127.0.0.1:3000/slack/events"
            raise BadWish(message)
    return urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One request, ready to be sent; sent again it is the same to the byte."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a request: the app's payload (``{}`` where it said nothing), or in ``failure`` why there is none.

    ``url`` is where it was answered, or tried last.
    """

    url: str
    payload: dict[str, Any] = field(default_factory=dict)
    failure: str = ""


class RequestUrls:
    """Where the app takes requests; without any URL it is in Socket Mode.

    Several take turns, and one that refuses the connection is passed over, as behind a balancer.
    """

    def __init__(self, clock: Clock, *, secret: str, urls: tuple[str, ...] = ()) -> None:
        self._clock = clock
        self._secret = secret
        self._turn = count()
        self._session: aiohttp.ClientSession | None = None
        self.urls = urls

    def sign(self, payload: Mapping[str, Any], *, envelope: str) -> Signed:
        """Return the request for ``payload``: a command's fields are the form, an interaction is one field of it."""
        form = payload if envelope == "slash_commands" else {"payload": json.dumps(payload)}
        body, timestamp = urlencode(form).encode(), f"{self._clock.now():.0f}"
        signature = hmac.new(self._secret.encode(), b"v0:%b:%b" % (timestamp.encode(), body), hashlib.sha256)
        headers = {
            "Accept": "application/json,*/*",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": f"v0={signature.hexdigest()}",
        }
        return Signed(body=body, headers=headers)

    async def post(self, request: Signed) -> Answer:
        """Send ``request`` to the URL whose turn it is, or the next one that takes the connection."""
        turn, urls = next(self._turn), self.urls
        answer = Answer(url="", failure=REFUSED)
        for number in range(len(urls)):
            answer = await self._posted(urls[(turn + number) % len(urls)], request)
            if answer.failure != REFUSED:
                break
        return answer

    async def _posted(self, url: str, request: Signed) -> Answer:
        if self._session is None:
            connector = aiohttp.TCPConnector(force_close=True, limit=0)
            self._session = aiohttp.ClientSession(connector=connector, timeout=PATIENCE)
        try:
            async with self._session.post(
                url, data=request.body, headers=request.headers, allow_redirects=False
            ) as answer:
                return _read(url, answer.status, answer.content_type, await answer.text(errors="replace"))
        except aiohttp.ClientConnectorError:
            return Answer(url=url, failure=REFUSED)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return Answer(url=url, failure=type(error).__name__)

    async def shut(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()


def _read(url: str, status: int, content_type: str, text: str) -> Answer:
    if status != OK:
        return Answer(url=url, failure=f"HTTP {status}")
    if not text:
        return Answer(url=url)
    if content_type != "application/json":
        return Answer(url=url, payload={"text": text})
    try:
        payload = json.loads(text)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        return Answer(url=url, failure="an answer that is no JSON object")
    return Answer(url=url, payload=payload)

"""HTTP to the cloud: limits of time and rate, repeated reads, and writes that leave once.

Three things must not send a write twice: this transport (it repeats reads only), aiohttp (it re-sends a GET, never a
POST, when a kept-alive connection turns out dead; every call here is a POST) and a redirect (not followed).
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol
from urllib.parse import quote, quote_plus

import aiohttp
import httpx
from aiohttp.connector import Connection
from httpx_aiohttp import AiohttpTransport

from bot.cloud.answers import Record, Reply
from bot.cloud.call import Call
from bot.cloud.gate import Barred, Gate
from bot.cloud.network import BROKEN, broken
from bot.cloud.patience import ATTEMPTS, Patience
from bot.domain.errors import CloudError

_MESSAGE_MOST = 300  # characters of the cloud's own sentence that an error keeps


class Dialect(Protocol):
    """How one version of the API writes a call, signs it and reads its answer."""

    @property
    def auth(self) -> httpx.Auth:
        """Sign every attempt."""

    def request(self, call: Call, client: httpx.AsyncClient) -> httpx.Request:
        """Return ``call`` as a POST that ``client`` can send, not yet signed."""

    def read(self, reply: Reply, call: Call) -> Record:
        """Return the answer's fields, or raise the ``CloudError`` it stands for."""


class Transport:
    """Carries calls. Made by ``open_transport``."""

    def __init__(
        self,
        *,
        reading: httpx.AsyncClient,
        writing: httpx.AsyncClient,
        seconds: float,
        gate: Gate,
        now: Callable[[], float],
        patience: Patience,
        secrets: tuple[str, ...],
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._seconds = seconds
        self._gate = gate
        self._now = now
        self._patience = patience
        self._secrets = _spellings(secrets)

    async def call(self, call: Call, dialect: Dialect, *, attempts: int = ATTEMPTS) -> Record:
        """Return the answer to ``call``. A write is sent at most once, whatever ``attempts`` says.

        Raises:
            CallNotSent: nothing left this machine.
            CallRefused: the cloud answered no.
            CallUnanswered: it may have happened.
        """
        return await self._patience(lambda: self._attempt(call, dialect), 1 if call.writes else attempts)

    async def _attempt(self, call: Call, dialect: Dialect) -> Record:
        await self._gate.turn(call.action)
        try:
            return dialect.read(await self._exchange(call, dialect), call)
        except CloudError as error:
            error.message = self._secrets.sub("[secret]", error.message)[:_MESSAGE_MOST]
            raise

    async def _exchange(self, call: Call, dialect: Dialect) -> Reply:
        client = self._writing if call.writes else self._reading
        try:
            async with asyncio.timeout(self._seconds):
                response = await client.send(dialect.request(call, client), auth=dialect.auth)
        except BROKEN as error:
            raise broken(call, error) from error
        return Reply(status=response.status_code, body=response.content, skew=self._skew(response))

    def _skew(self, response: httpx.Response) -> float | None:
        try:
            return parsedate_to_datetime(response.headers["Date"]).timestamp() - self._now()
        except (KeyError, ValueError, OverflowError):
            return None


@asynccontextmanager
async def open_transport(
    *,
    connect_timeout: float,
    read_timeout: float,
    gate: Gate,
    secrets: tuple[str, ...],
    now: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    rng: random.Random,
) -> AsyncIterator[Transport]:
    """Open the connections and close them again.

    ``connect_timeout`` and ``read_timeout`` are seconds: to reach the cloud, and to wait for its next byte; a whole
    call takes no longer than both together. ``gate`` is asked before each call. No ``secrets`` stay in an error.
    """
    # aiohttp counts looking up the name and waiting for a free connection under "pool", not under "connect".
    timeout = httpx.Timeout(read_timeout, connect=connect_timeout, pool=connect_timeout)
    async with AsyncExitStack() as stack:
        # A write gets a connection of its own: one that the cloud is just closing would leave its outcome unknown.
        reading, writing = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=_wire(gate if fresh else None),
                    headers={"User-Agent": "countersign", "Connection": "close" if fresh else "keep-alive"},
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                    timeout=timeout,
                    trust_env=False,
                )
            )
            for fresh in (False, True)
        ]
        yield Transport(
            reading=reading,
            writing=writing,
            seconds=connect_timeout + read_timeout,
            gate=gate,
            now=now,
            patience=Patience(sleep=sleep, rng=rng),
            secrets=secrets,
        )


def _wire(gate: Gate | None) -> AiohttpTransport:
    """Return what carries calls: each over a connection of its own, and only where ``gate`` lets writes through."""
    # The environment may name a CA file; its proxies are not used, so that loopback stays loopback.
    trusted = httpx.create_ssl_context()

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=trusted, force_close=gate is not None)
        jar = aiohttp.DummyCookieJar()
        request = _barring(gate) if gate else aiohttp.ClientRequest
        return aiohttp.ClientSession(connector=connector, cookie_jar=jar, request_class=request)

    return AiohttpTransport(verify=trusted, client=session)


def _barring(gate: Gate) -> type[aiohttp.ClientRequest]:
    """Return requests that ask ``gate`` when their connection stands; it is closed where one may not leave."""

    class Asking(aiohttp.ClientRequest):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            if not gate.may_write():
                raise Barred
            return await super().send(conn)

    return Asking


def _spellings(secrets: tuple[str, ...]) -> re.Pattern[str]:
    spelled = {
        spelling
        for secret in secrets
        if secret
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", r"\/"))
    }
    # Longest first, so that no shorter one leaves a tail behind; no secret at all matches nothing.
    return re.compile("|".join(map(re.escape, sorted(spelled, key=len, reverse=True))) or r"(?!)", re.IGNORECASE)

"""Only what proves that nothing left this machine is called not sent."""

import asyncio
import errno
import ssl
from collections.abc import Iterator

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey
from httpx_aiohttp.transport import map_aiohttp_exceptions

from bot.cloud.call import Call
from bot.cloud.network import BROKEN, broken
from bot.domain.errors import Blame, CallNotSent, CallUnanswered

WRITE = Call(action="ModifyL4BackendProbePort", writes=True)
KEY = ConnectionKey(
    "bmlb.tencentcloudapi.com", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
REFUSED = OSError(errno.ECONNREFUSED, "Connect call failed")

NOT_SENT = [
    (aiohttp.ClientConnectorError(KEY, REFUSED), "connection_refused"),
    (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")), "name_not_resolved"),
    (aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError(1, "self-signed")), "tls_failed"),
    (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version")), "tls_failed"),
    (aiohttp.ConnectionTimeoutError("Connection timeout to host"), "connect_timeout"),
]
MAYBE_SENT = [
    (aiohttp.ServerDisconnectedError(), "connection_lost"),
    (aiohttp.ClientOSError(errno.ECONNRESET, "Connection reset by peer"), "connection_lost"),
    (aiohttp.ClientConnectionError("Connection closed"), "connection_lost"),
    (aiohttp.ClientConnectionResetError("Cannot write to closing transport"), "connection_lost"),
    (aiohttp.ClientPayloadError("Response payload is not completed"), "connection_lost"),
    (aiohttp.ClientError("anything new"), "connection_lost"),
    (aiohttp.SocketTimeoutError("Timeout on reading data from socket"), "timeout"),
    (aiohttp.ServerTimeoutError("No answer"), "timeout"),
]


def as_raised(error: Exception) -> Iterator[BaseException]:
    """Give ``error`` bare, and as the transport library hands it on."""
    yield error
    try:
        with map_aiohttp_exceptions():
            raise error
    except BROKEN as mapped:
        yield mapped


@pytest.mark.parametrize(("error", "code"), NOT_SENT)
def test_a_connection_that_was_never_made_is_not_sent(error: Exception, code: str) -> None:
    results = [broken(WRITE, raised) for raised in as_raised(error)]

    assert {(type(result), result.code, result.blame) for result in results} == {(CallNotSent, code, Blame.NETWORK)}


@pytest.mark.parametrize(("error", "code"), MAYBE_SENT)
def test_a_connection_that_broke_later_may_have_carried_the_call(error: Exception, code: str) -> None:
    results = [broken(WRITE, raised) for raised in as_raised(error)]

    assert {(type(result), result.code) for result in results} == {(CallUnanswered, code)}


def test_the_transport_library_does_call_a_lost_connection_a_connect_timeout() -> None:
    *_, mapped = as_raised(aiohttp.ServerDisconnectedError())

    # If this ever changes for the better, network.py may ask httpx's classes instead.
    assert isinstance(mapped, httpx.ConnectTimeout)


async def test_our_own_deadline_is_a_timeout() -> None:
    with pytest.raises(TimeoutError) as raised:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()

    assert (broken(WRITE, raised.value).code, type(broken(WRITE, raised.value))) == ("timeout", CallUnanswered)


@pytest.mark.parametrize("error", [httpx.DecodingError("bad gzip"), httpx.RemoteProtocolError("odd"), OSError("odd")])
def test_everything_else_may_have_been_sent(error: Exception) -> None:
    assert isinstance(broken(WRITE, error), CallUnanswered)

"""What a broken exchange means: did the request leave this machine?

``httpx_aiohttp`` gives a connection that was lost *after* the request went out the same class as one that was never
made (``httpx.ConnectTimeout``), so the question is put to aiohttp's own error underneath. Only its connector errors
prove that nothing was sent; everything else may have arrived.
"""

import aiohttp
import httpx

from bot.cloud.call import Call, Origin
from bot.cloud.codes import Ours
from bot.cloud.gate import Barred
from bot.domain.errors import Blame, CallHeld, CallNotSent, CloudError

BROKEN = (httpx.HTTPError, aiohttp.ClientError, OSError, Barred)  # everything an exchange can raise

# The first that fits counts: each of these but the first is a ClientConnectorError.
_NOT_SENT: tuple[tuple[type[BaseException], Ours, bool], ...] = (
    (aiohttp.ConnectionTimeoutError, Ours.CONNECT_TIMEOUT, True),
    (aiohttp.ClientConnectorDNSError, Ours.NAME_NOT_RESOLVED, True),
    (aiohttp.ClientSSLError, Ours.TLS_FAILED, False),
    (aiohttp.ClientConnectorError, Ours.CONNECTION_REFUSED, True),
)


def broken(call: Call, error: BaseException) -> CloudError:
    """Return what ``error``, raised by the exchange for ``call``, means for the caller."""
    if isinstance(error, Barred):
        return CallHeld(Ours.STOOD_STILL.value, action=call.action, blame=Blame.NETWORK)
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) and error.__cause__ else error
    message = f"{type(cause).__name__}: {cause}".rstrip(": ")
    for kind, code, retryable in _NOT_SENT:
        if isinstance(cause, kind):
            return CallNotSent(
                code.value, action=call.action, blame=Blame.NETWORK, retryable=retryable, message=message
            )
    code = Ours.TIMEOUT if isinstance(cause, TimeoutError) else Ours.CONNECTION_LOST
    return Origin(call=call).silence(code, message, retryable=True)

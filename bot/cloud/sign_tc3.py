"""Signature TC3-HMAC-SHA256 as pure functions; fact sheet, section 4.

``canonical_request``, ``string_to_sign`` and ``sign`` serve whoever signs and whoever verifies.
"""

import hashlib
import hmac
from datetime import UTC, datetime

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "bmlb"
SIGNED_HEADERS = "content-type;host"  # the action, the region and the token are not covered
UNSIGNED_PAYLOAD = b"UNSIGNED-PAYLOAD"  # stands for the body when X-TC-Content-SHA256 says so


def canonical_request(*, method: str, host: str, content_type: str, payload: bytes, query: str = "") -> str:
    """Return the request as it is hashed.

    ``payload`` is the exact body, empty for a GET, or ``UNSIGNED_PAYLOAD``. ``query`` is a GET's query string exactly
    as sent. ``host`` is the Host header, port included where it has one.
    """
    headers = f"content-type:{content_type}\nhost:{host}\n"
    return "\n".join((method, "/", query, headers, SIGNED_HEADERS, hashlib.sha256(payload).hexdigest()))


def scope(timestamp: int) -> str:
    """Return the credential scope of ``timestamp`` (seconds since the epoch): its UTC date, the service, a constant."""
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}/{SERVICE}/tc3_request"


def string_to_sign(canonical: str, timestamp: int) -> str:
    """Return the text to sign. ``timestamp`` must equal the request's ``X-TC-Timestamp``."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join((ALGORITHM, str(timestamp), scope(timestamp), digest))


def sign(secret_key: str, text: str, timestamp: int) -> str:
    """Return the signature of ``text`` as lower-case hex."""
    key = f"TC3{secret_key}".encode()
    for part in scope(timestamp).split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def authorization(secret_id: str, signature: str, timestamp: int) -> str:
    """Return the ``Authorization`` header."""
    credential = f"{secret_id}/{scope(timestamp)}"
    return f"{ALGORITHM} Credential={credential}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"

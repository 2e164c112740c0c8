"""Both signatures as the server computes them, from the fact sheet alone; ``bot/cloud`` signs with code of its own.

Two implementations written apart check each other: a shared one would agree with its own mistakes.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

SERVICE = "bmlb"  # fact sheet, section 1.2
ALGORITHM = "TC3-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"


def v1_text(method: str, host: str, path: str, parameters: Mapping[str, str]) -> str:
    """Return the text that a v1 signature covers, from the decoded ``parameters`` (fact sheet, section 3)."""
    signed = sorted(
        (key.replace("_", "."), value)
        for key, value in parameters.items()
        if key != "Signature" and not (method == "POST" and value.startswith("@"))
    )
    return f"{method}{host}{path}?" + "&".join(f"{key}={value}" for key, value in signed)


def v1_signature(secret_key: str, text: str, signature_method: str | None) -> str:
    """Return the signature of ``text``: SHA256 for exactly ``HmacSHA256``, otherwise SHA1 (section 2.1)."""
    digest = hashlib.sha256 if signature_method == "HmacSHA256" else hashlib.sha1
    return b64encode(hmac.new(secret_key.encode(), text.encode(), digest).digest()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tc3Request:
    """The parts of a 3.0 request that TC3 covers, as they were sent.

    ``headers`` are the signed headers, lower-case names with trimmed values, in the order of ``SignedHeaders``.
    ``payload`` is the body, or the bytes of ``UNSIGNED-PAYLOAD``.
    """

    method: str
    query: str
    headers: Sequence[tuple[str, str]]
    payload: bytes
    timestamp: int

    @property
    def date(self) -> str:
        """Return the UTC date of the timestamp, ``YYYY-MM-DD``."""
        return datetime.fromtimestamp(self.timestamp, UTC).strftime("%Y-%m-%d")

    def signature(self, secret_key: str) -> str:
        """Return the signature in lower-case hex (fact sheet, section 4)."""
        canonical = "\n".join(
            (
                self.method,
                "/",
                self.query,
                "".join(f"{name}:{value}\n" for name, value in self.headers),
                ";".join(name for name, _ in self.headers),
                hashlib.sha256(self.payload).hexdigest(),
            )
        )
        scope = f"{self.date}/{SERVICE}/tc3_request"
        text = "\n".join((ALGORITHM, str(self.timestamp), scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = f"TC3{secret_key}".encode()
        for part in (self.date, SERVICE, "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())

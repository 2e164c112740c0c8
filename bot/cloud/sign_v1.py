"""Signature v1 (HmacSHA1, HmacSHA256) as pure functions; fact sheet, section 3.

API v2 uses it, and API 3.0 accepts it. ``string_to_sign`` and ``sign`` serve whoever signs and whoever verifies.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence

Value = str | int | Sequence["Value"] | Mapping[str, "Value"] | None
HMAC_SHA256 = "HmacSHA256"  # only this exact value selects SHA256; section 2.1
HMAC_SHA1 = "HmacSHA1"


def flatten(parameters: Mapping[str, Value]) -> dict[str, str]:
    """Return ``parameters`` in wire form; fact sheet, section 1.1.

    Arrays and objects are flattened with dots, arrays from index 0; None is dropped; a bool goes out as 0 or 1.
    """
    return {key: value for name, entry in parameters.items() for key, value in _flat(name, entry)}


def string_to_sign(method: str, host: str, path: str, parameters: Mapping[str, str]) -> str:
    """Return the text that both sides sign.

    ``parameters`` are decoded and flat; ``Signature`` is left out if it is among them. ``host`` has neither scheme nor
    port. The text holds the values raw, and keys in byte order with each ``_`` replaced by ``.``.
    """
    signed = sorted(
        (
            (key.replace("_", "."), value)
            for key, value in parameters.items()
            # A POST value that starts with @ is a file marker and stays unsigned.
            if key != "Signature" and not (method.upper() == "POST" and value.startswith("@"))
        ),
        key=lambda pair: pair[0],
    )
    return f"{method.upper()}{host}{path}?{'&'.join(f'{key}={value}' for key, value in signed)}"


def sign(secret_key: str, text: str, signature_method: str = HMAC_SHA1) -> str:
    """Return the signature of ``text`` in base64, not yet URL-encoded.

    ``signature_method`` is what the request's ``SignatureMethod`` says; anything but ``HmacSHA256`` means SHA1.
    """
    digest = hashlib.sha256 if signature_method == HMAC_SHA256 else hashlib.sha1
    return base64.b64encode(hmac.new(secret_key.encode(), text.encode(), digest).digest()).decode("ascii")


def _flat(name: str, value: Value) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, int):
        yield name, str(int(value))
    else:
        pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, entry in pairs:
            yield from _flat(f"{name}.{key}", entry)

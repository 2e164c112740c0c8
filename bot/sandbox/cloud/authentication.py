"""Who calls, and is the signature theirs (fact sheet, sections 2 to 4)."""

import re
from collections.abc import Mapping

from bot.sandbox.cloud.incoming import Incoming
from bot.sandbox.cloud.problems import INVALID_AUTHORIZATION, MISSING_PARAMETER, Problem
from bot.sandbox.cloud.sign import ALGORITHM, SERVICE, UNSIGNED, Tc3Request, same, v1_signature, v1_text
from bot.sandbox.cloud.state import Cloud

_NUMBER = re.compile(r"[0-9]{1,19}")
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<id>[^/\s]+)/(?P<date>\d{{4}}-\d\d-\d\d)/(?P<service>[a-z]+)/tc3_request,\s*"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)


def check_v1(cloud: Cloud, incoming: Incoming, given: Mapping[str, str], *, host: str, missing: int | str) -> None:
    """Check a v1 signature over the decoded parameters ``given``.

    ``host`` is the live API's; ``missing`` is the code for a common parameter that isn't there.

    Raises:
        Problem: ``missing``, 4000, 4104, 4105, 4500 (or 4200), 4100, in this order.
    """
    for name in ("SecretId", "Timestamp", "Nonce", "Signature"):
        if not given.get(name):
            raise Problem(missing, name)
    for name in ("Timestamp", "Nonce"):
        if not _NUMBER.fullmatch(given[name]) or int(given[name]) == 0:
            raise Problem(4000, f"{name}={given[name][:40]}")
    _known(cloud, given["SecretId"], given.get("Token", ""))
    _on_time(cloud, int(given["Timestamp"]))
    texts = (v1_text(incoming.method, each, incoming.path, given) for each in incoming.hosts(host))
    signatures = (v1_signature(cloud.keys.secret_key, text, given.get("SignatureMethod")) for text in texts)
    if not any(same(given["Signature"], signature) for signature in signatures):
        raise Problem(4100)


def check_tc3(cloud: Cloud, incoming: Incoming, *, host: str) -> None:
    """Check the ``Authorization`` header of a 3.0 request; ``host`` is the live API's.

    Raises:
        Problem: ``AuthFailure.InvalidAuthorization``, ``MissingParameter`` (the timestamp), 4104, 4105, 4500, 4100.
    """
    match = _AUTHORIZATION.fullmatch(incoming.headers.get("authorization", "").strip())
    if match is None or match["service"] != SERVICE:
        raise Problem(INVALID_AUTHORIZATION)
    names = match["headers"].split(";")
    if not {"content-type", "host"} <= set(names) <= incoming.headers.keys():
        raise Problem(INVALID_AUTHORIZATION, match["headers"])
    timestamp = incoming.headers.get("x-tc-timestamp", "")
    if not _NUMBER.fullmatch(timestamp):
        raise Problem(MISSING_PARAMETER, "Timestamp")
    _known(cloud, match["id"], incoming.headers.get("x-tc-token", ""))
    _on_time(cloud, int(timestamp))
    signed = [_tc3(incoming, names, int(timestamp), each) for each in incoming.hosts(host)]
    fits = any(same(match["signature"], each.signature(cloud.keys.secret_key)) for each in signed)
    if match["date"] != signed[0].date or not fits:
        raise Problem(4100)


def _tc3(incoming: Incoming, names: list[str], timestamp: int, host: str) -> Tc3Request:
    headers = {**incoming.headers, "host": host}
    unsigned = incoming.headers.get("x-tc-content-sha256") == UNSIGNED
    return Tc3Request(
        method=incoming.method,
        query=incoming.query if incoming.method == "GET" else "",
        headers=[(name, headers[name].strip()) for name in names],
        payload=UNSIGNED.encode() if unsigned else incoming.body,
        timestamp=timestamp,
    )


def _known(cloud: Cloud, secret_id: str, token: str) -> None:
    if not same(secret_id, cloud.keys.secret_id):
        raise Problem(4104)
    if cloud.keys.token and not same(token, cloud.keys.token):
        raise Problem(4105)


def _on_time(cloud: Cloud, timestamp: int) -> None:
    if abs(cloud.now() - timestamp) > cloud.options.timestamp_window:
        raise Problem(cloud.options.expired_code)

"""The face of API 3.0, ``/`` (fact sheet, sections 1.2, 2.2, 9.2)."""

import json
from typing import Any

from bot.sandbox.cloud.actions import BY_V3, Action
from bot.sandbox.cloud.authentication import check_tc3, check_v1
from bot.sandbox.cloud.face import REGIONS, Look
from bot.sandbox.cloud.incoming import FORM, JSON, Incoming, Unreadable
from bot.sandbox.cloud.parameters import read_v3, unflatten
from bot.sandbox.cloud.problems import (
    INVALID_REQUEST,
    MISSING_PARAMETER,
    NO_SUCH_VERSION,
    REQUEST_TOO_LARGE,
    UNSUPPORTED_REGION,
    Problem,
    v3_failure,
)
from bot.sandbox.cloud.state import Cloud

HOST = "bmlb.tencentcloudapi.com"  # the live API's; signatures may be made over it
VERSION = "2018-06-25"
_COMMON = frozenset(
    {
        "Action",
        "Language",
        "Nonce",
        "Region",
        "RequestClient",
        "SecretId",
        "Signature",
        "SignatureMethod",
        "Timestamp",
        "Token",
        "Version",
    }
)
_KIB = 1024
# The most bytes of a query or a body, by method and whether TC3 signs it (section 1.2).
_LIMITS = {
    ("GET", True): 32 * _KIB,
    ("GET", False): 32 * _KIB,
    ("POST", True): 10 * _KIB * _KIB,
    ("POST", False): _KIB * _KIB,
}


class V3:
    """API 3.0, ``/``."""

    name = "3.0"

    def request_id(self, cloud: Cloud) -> str:
        """Return a new call id; it is no task id (Q4)."""
        return cloud.request_id()

    def look(self, incoming: Incoming) -> Look:
        """Read headers and JSON, or with a v1 signature the flat parameters."""
        headers = incoming.headers
        try:
            given = _tc3_parameters(incoming) if "authorization" in headers else incoming.form()
        except Unreadable as error:
            given, bad = {}, str(error)
        else:
            bad = ""
        if "authorization" not in headers:
            headers = {f"x-tc-{name.lower()}": value for name, value in given.items() if name in _COMMON}
        return Look(
            action=headers.get("x-tc-action", ""),
            region=headers.get("x-tc-region", ""),
            version=headers.get("x-tc-version", ""),
            language="en" if headers.get("x-tc-language") == "en-US" else "zh",
            given=given,
            is_flat=incoming.method == "GET" or "authorization" not in incoming.headers,
            bad=bad,
        )

    def admit(self, cloud: Cloud, incoming: Incoming, look: Look) -> tuple[Action, str]:
        """Check in this order: size, signature, form, region, version, action, rights, rate."""
        is_tc3 = "authorization" in incoming.headers
        if len(incoming.query if incoming.method == "GET" else incoming.body) > _LIMITS[incoming.method, is_tc3]:
            raise Problem(REQUEST_TOO_LARGE)
        if is_tc3:
            check_tc3(cloud, incoming, host=HOST)
        elif not look.bad:
            check_v1(cloud, incoming, look.given, host=HOST, missing=MISSING_PARAMETER)
        if look.bad:
            raise Problem(INVALID_REQUEST, look.bad)
        return self._resolve(cloud, look)

    def _resolve(self, cloud: Cloud, look: Look) -> tuple[Action, str]:
        for name, value in (("Region", look.region), ("Version", look.version), ("Action", look.action)):
            if not value:
                raise Problem(MISSING_PARAMETER, name)
        if look.region not in REGIONS.values():
            raise Problem(UNSUPPORTED_REGION, look.region)
        if look.version != VERSION:
            raise Problem(NO_SUCH_VERSION, look.version)
        if look.action not in BY_V3:
            raise Problem(6100, look.action)
        if look.action in cloud.options.denied_actions:
            raise Problem(4101, look.action)
        if cloud.is_over_rate(look.action):
            raise Problem(4400, look.action)
        return BY_V3[look.action], look.region

    def values(self, action: Action, look: Look) -> dict[str, Any]:
        """Read the action's parameters; unknown ones are refused."""
        own = {name: value for name, value in look.given.items() if name not in _COMMON}
        return read_v3(action.parameters, unflatten(own) if look.is_flat else own)

    def show(self, action: Action, found: Any) -> dict[str, Any]:  # noqa: ANN401  # what the action's run returned
        """Show it in 3.0's names."""
        return action.v3(found)

    def yes(self, shown: dict[str, Any], request_id: str) -> dict[str, Any]:
        """Wrap it in the envelope."""
        return {"Response": {**shown, "RequestId": request_id}}

    def no(self, problem: Problem, cloud: Cloud, look: Look, request_id: str) -> tuple[dict[str, Any], str]:
        """Word it in 3.0's envelope, in the language asked for."""
        del cloud
        error = v3_failure(problem, language=look.language)
        return {"Response": {"Error": error, "RequestId": request_id}}, error["Code"]


def _tc3_parameters(incoming: Incoming) -> dict[str, Any]:
    # POST carries JSON and nothing else, GET the flat form (fact sheet, sections 1.2, 2.2).
    expected = JSON if incoming.method == "POST" else FORM
    if incoming.media_type != expected:
        message = f"Content-Type: {incoming.media_type or 'none'}"
        raise Unreadable(message)
    if incoming.method == "GET":
        return dict(incoming.form())
    try:
        given = json.loads(incoming.body)
        json.dumps(given, ensure_ascii=False, allow_nan=False).encode()  # Python reads more than JSON is: NaN, \ud800
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    if not isinstance(given, dict):
        message = "not a JSON object"
        raise Unreadable(message)
    return given

"""A call's arguments and token, whichever way they came (Slack fact sheet, section 9)."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.sandbox.slack.app import Refused

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What a request said: its arguments without the token, the token, and Slack's warning about its form."""

    given: dict[str, Any]
    token: str
    warning: str


async def arguments(request: Request) -> Arguments:
    """Merge query, form and JSON; a later one wins.

    Raises:
        Refused: ``invalid_json``, ``json_not_object`` or ``invalid_post_type``.
    """
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    kind, body = kind.strip().lower(), await request.body()
    given: dict[str, Any] = dict(request.query_params)
    given |= parse(kind, body)
    bearer = request.headers.get("authorization", "")
    token = bearer.removeprefix("Bearer ").strip() if bearer.startswith("Bearer ") else ""
    said = str(given.pop("token", ""))
    warning = _charset_warning(kind, has_charset="charset" in parameters.lower()) if body else ""
    present = {name: value for name, value in given.items() if value is not None}
    return Arguments(given=present, token=token or said, warning=warning)


def parse(kind: str, body: bytes) -> dict[str, Any]:
    """Return the object in a request's body.

    Raises:
        Refused: ``invalid_json``, ``json_not_object`` or ``invalid_post_type``.
    """
    if not body:
        return {}
    if kind == FORM:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    if kind != JSON:
        raise Refused(error="invalid_post_type")
    try:
        found = json.loads(body)
    except ValueError:
        raise Refused(error="invalid_json") from None
    if not isinstance(found, dict):
        raise Refused(error="json_not_object")
    return found


def _charset_warning(kind: str, *, has_charset: bool) -> str:
    if kind == JSON and not has_charset:
        return "missing_charset"
    return "superfluous_charset" if kind == FORM and has_charset else ""

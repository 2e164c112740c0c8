"""One Web API call: who may make it, what it does, what it is answered (Slack fact sheet, section 9)."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.app import Refused, invalid
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.registry import EVERYWHERE, Call, Method, TooFast, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back over HTTP: a JSON object, or a text where something between is ill."""

    status: int = 200
    body: dict[str, Any] | str
    headers: dict[str, str] = field(default_factory=dict)


def perform(platform: Platform, name: str, said: Arguments) -> Answer:
    """Make the call and record it."""
    method = METHODS.get(name)
    accepted = {*method.required, *method.optional} if method else set()
    headers: dict[str, str] = {}
    try:
        known = _admitted(platform, name, method, said.token)
        headers = _scope_headers(platform, known)
        args = {name: value for name, value in said.given.items() if name in accepted}
        body = _warned({"ok": True} | _run(platform, known, args), said.warning)
        answer = Answer(body=body, headers=headers)
    except TooFast as pace:
        answer = too_fast(pace.seconds)
    except Refused as refusal:
        answer = Answer(body=_refusal(method, refusal), headers=headers)
    error = answer.body.get("error", "") if isinstance(answer.body, dict) else ""
    platform.calls.record(name, said.given, error=error, ignored=sorted(said.given.keys() - accepted))
    return answer


def too_fast(seconds: int) -> Answer:
    """Return Slack's 429."""
    return Answer(status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": str(seconds)})


def _admitted(platform: Platform, name: str, method: Method | None, token: str) -> Method:
    """Return the method where it exists and the token may call it."""
    if method is None:
        raise Refused(error="unknown_method", req_method=name)
    if method.caller == "anybody":
        return method
    if not token:
        raise Refused(error="not_authed")
    app = platform.app
    if token not in {app.bot_token, app.app_token}:
        raise Refused(error="invalid_auth")
    if (token == app.app_token) != (method.caller == "app"):
        raise Refused(error="not_allowed_token_type")
    if method.caller == "bot" and platform.faults.take("revoked_token", name):
        raise Refused(error="token_revoked")
    require(platform, method.scopes)
    return method


def _run(platform: Platform, method: Method, args: dict[str, Any]) -> dict[str, Any]:
    seconds = platform.limits.call(method.name, method.tier)
    if seconds:
        raise TooFast(seconds)
    missing = [name for name in method.required if args.get(name) in (None, "")]
    if missing:
        raise invalid([f"[ERROR] missing required field: {name}" for name in missing])
    return method.run(Call(platform=platform, args=args))


def _refusal(method: Method | None, refusal: Refused) -> dict[str, Any]:
    documented = EVERYWHERE | (method.errors if method else frozenset())
    if refusal.error not in documented:
        message = f"{method.name if method else 'no method'} can't answer {refusal.error}: not registered"
        raise RuntimeError(message)
    return {"ok": False, "error": refusal.error, **refusal.facts}


def _scope_headers(platform: Platform, method: Method) -> dict[str, str]:
    if method.caller != "bot":
        return {}
    return {
        "x-oauth-scopes": ",".join(sorted(platform.app.scopes)),
        "x-accepted-oauth-scopes": ",".join(method.scopes),
    }


def _warned(body: dict[str, Any], warning: str) -> dict[str, Any]:
    if not warning:
        return body
    metadata = body.get("response_metadata", {})
    warnings = [*metadata.get("warnings", ()), warning]
    return body | {"warning": ",".join(warnings), "response_metadata": metadata | {"warnings": warnings}}

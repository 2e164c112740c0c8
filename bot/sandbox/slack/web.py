"""What the app reaches over HTTP: the Web API and the response URLs, with whatever fault is switched on."""

import json
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.slack.app import Refused
from bot.sandbox.slack.arguments import Arguments, arguments, parse
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.patience import unless_gone
from bot.sandbox.slack.perform import Answer, perform, too_fast
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.replies import answer

RESPONSE_URL = "response_url"  # the name of response URLs where a fault or a record names a method
NOT_THERE = frozenset({"used_url", "expired_url", "invalid_url", "message_not_found"})
HTML = "<!DOCTYPE html><title>Slack</title><p>Something went wrong on our side.</p>"

# What a fault answers instead of doing the call.
STRIKES: Mapping[str, Callable[[Fault], Answer]] = {
    "rate_limited": lambda fault: too_fast(fault.facts["retry_after"]),
    "http_500": lambda _: Answer(status=500, body={"ok": False, "error": "internal_error"}),
    "http_503": lambda _: Answer(status=503, body={"ok": False, "error": "service_unavailable"}),
    "html_body": lambda _: Answer(body=HTML),
    "api_error": lambda fault: Answer(body={"ok": False, "error": fault.facts["error"]}),
}


class Web:
    """The endpoints of one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """Return the routes of the Web API and of the response URLs."""
        return [
            Route("/api/{method:path}", self.call, methods=["GET", "POST"]),
            Route("/hooks/{rest:path}", self.respond, methods=["POST"]),
        ]

    async def call(self, request: Request) -> Response:
        """Answer one Web API call."""
        name = request.path_params["method"]
        self._platform.origin = str(request.base_url).rstrip("/")
        try:
            said = await arguments(request)
        except Refused as refusal:
            return JSONResponse({"ok": False, "error": refusal.error})
        return await self._guarded(request, name, said, lambda: perform(self._platform, name, said))

    async def respond(self, request: Request) -> Response:
        """Answer one POST to a response URL."""
        body = await request.body()
        try:
            given = parse(request.headers.get("content-type", "").partition(";")[0].strip().lower(), body)
            given = json.loads(given["payload"]) if "payload" in given else given
        except (Refused, ValueError):
            return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
        said = Arguments(given=given, token="", warning="")
        return await self._guarded(request, RESPONSE_URL, said, lambda: self._answered(request.url.path, said))

    def _answered(self, path: str, said: Arguments) -> Answer:
        error = ""
        try:
            hook = self._platform.hooks.find(path)
            answer(self._platform, hook, said.given)
            hook.left -= 1
        except Refused as refusal:
            error = refusal.error
        self._platform.calls.record(RESPONSE_URL, said.given, error=error, ignored=[])
        if not error:
            return Answer(body="ok")
        return Answer(status=404 if error in NOT_THERE else 400, body={"ok": False, "error": error})

    async def _guarded(self, request: Request, name: str, said: Arguments, do: Callable[[], Answer]) -> Response:
        faults, clock = self._platform.faults, self._platform.workspace.clock
        if faults.take("drop_before", name):
            self._platform.calls.record(name, said.given, error="drop_before", ignored=[])
            return _hang_up(request)
        given = self._struck(name, said) or do()
        slow = faults.take("slow", name)
        if slow is not None:
            await unless_gone(request, clock.until(clock.now() + slow.facts["seconds"]))
        return _hang_up(request) if faults.take("drop_after", name) else _response(given)

    def _struck(self, name: str, said: Arguments) -> Answer | None:
        for kind, strike in STRIKES.items():
            fault = self._platform.faults.take(kind, name)
            if fault is not None:
                self._platform.calls.record(name, said.given, error=kind, ignored=[])
                return strike(fault)
        return None


def _hang_up(request: Request) -> Response:
    """Drop the connection; the response that is returned has nowhere to go."""
    request.state.hang_up()
    return Response()


def _response(given: Answer) -> Response:
    if not isinstance(given.body, str):
        return JSONResponse(given.body, status_code=given.status, headers=given.headers)
    kind = HTMLResponse if given.body == HTML else PlainTextResponse
    return kind(given.body, status_code=given.status)

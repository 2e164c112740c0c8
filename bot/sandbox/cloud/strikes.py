"""What each fault does to a call: before the action, or to its answer."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.cloud.faults import Fault
from bot.sandbox.cloud.problems import Problem
from bot.sandbox.cloud.state import Cloud

TASK_FIELDS = ("requestId", "TaskId")
_ILL, _GREETING = (500, "500 Internal Server Error"), (200, "Welcome")
_PAGES = {"http_500": _ILL, "http_500_applied": _ILL, "html": _GREETING, "html_applied": _GREETING}
_GATEWAY_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


class HangUp(Response):
    """No answer at all: the connection is dropped (``bot.sandbox.serving``)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drop the connection and wait until it is gone."""
        del send
        scope["state"]["hang_up"]()
        while (await receive())["type"] != "http.disconnect":
            pass


async def strike_before(cloud: Cloud, fault: Fault) -> Response | None:
    """Return the answer instead of doing the action, or None to go on.

    Raises:
        Problem: the code that was ordered.
        Closed: the server went down while the call was held.
    """
    order = fault.order
    if order.kind == "error" and order.code is not None:
        raise Problem(order.code, message=order.message)
    if order.kind == "hold_before":
        await cloud.gate.hold()
        return None
    return HangUp() if order.kind == "refuse_connection_after_read" else _page(*_PAGES[order.kind])


async def strike_after(cloud: Cloud, fault: Fault, body: dict[str, Any]) -> Response:
    """Return what becomes of the answer ``body``, the action being done.

    Raises:
        Closed: the server went down while the answer was held.
    """
    order = fault.order
    if order.kind == "hold":
        await cloud.gate.hold()
    if order.seconds is not None:
        await cloud.gate.unless_closed(cloud.clock.sleep(order.seconds))
    whole = JSONResponse(body)
    if order.kind == "truncated_json":
        return Response(bytes(whole.body)[: len(whole.body) // 2], media_type=whole.media_type)
    if order.kind == "no_task_id":
        return JSONResponse(_without_task(body))
    if order.kind in _PAGES:
        return _page(*_PAGES[order.kind])
    return HangUp() if order.kind == "lose_answer" else whole


def _page(status: int, title: str) -> HTMLResponse:
    return HTMLResponse(_GATEWAY_PAGE.format(title), status_code=status)


def _without_task(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_task(value) if isinstance(value, dict) else value
        for name, value in body.items()
        if name not in TASK_FIELDS
    }

"""The control API under ``/sandbox``: people's hands, faults, the clock, and what happened (docs/sandbox-slack.md)."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.slack.changing import change_channel, change_user, change_usergroup
from bot.sandbox.slack.faults import BadFault
from bot.sandbox.slack.outcome import Outcome
from bot.sandbox.slack.patience import unless_gone
from bot.sandbox.slack.people import People
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.requests import request_urls
from bot.sandbox.slack.state import state
from bot.sandbox.slack.wishes import BadWish, Wish, read

Reading = Callable[[Request], Awaitable[Any]]
Doing = Callable[[Request, Wish], Awaitable[Any]]


class Control:
    """The endpoints of one platform."""

    def __init__(self, platform: Platform, people: People) -> None:
        self._platform = platform
        self._people = people

    def routes(self) -> list[Route]:
        """Return the routes under ``/sandbox``."""
        readings: dict[str, Reading] = {
            "state": self._state,
            "calls": self._calls,
            "deliveries": self._deliveries,
            "sockets": self._sockets,
            "faults": self._faults,
            "clock": self._clock,
            "request_urls": self._request_urls,
        }
        doings: dict[str, Doing] = {
            "type": self._type,
            "press": self._press,
            "submit": self._submit,
            "close": self._close,
            "faults": self._add_fault,
            "clock": self._advance,
            "users": self._change_user,
            "channels": self._change_channel,
            "usergroups": self._change_usergroup,
            "request_urls": self._set_request_urls,
        }
        return [
            *(Route(f"/sandbox/{name}", _reading(look), methods=["GET"]) for name, look in readings.items()),
            *(Route(f"/sandbox/{name}", _doing(act), methods=["POST"]) for name, act in doings.items()),
            Route("/sandbox/faults", _reading(self._clear_faults), methods=["DELETE"]),
        ]

    async def _type(self, request: Request, wish: Wish) -> dict[str, Any]:
        work = self._people.type_command(user=wish.text("user"), channel=wish.text("channel"), text=wish.text("text"))
        return _seen(await unless_gone(request, work))

    async def _press(self, request: Request, wish: Wish) -> dict[str, Any]:
        user, action_id = wish.text("user"), wish.text("action_id")
        block_id, value = wish.maybe_text("block_id"), wish.maybe_text("value")
        view = wish.maybe_text("view")
        if view is not None:
            work = self._people.press_in_view(user=user, view=view, action_id=action_id, block_id=block_id, value=value)
        else:
            work = self._people.press(
                user=user,
                channel=wish.text("channel"),
                ts=wish.text("ts"),
                action_id=action_id,
                block_id=block_id,
                value=value,
            )
        return _seen(await unless_gone(request, work))

    async def _submit(self, request: Request, wish: Wish) -> dict[str, Any]:
        work = self._people.submit(user=wish.text("user"), view=wish.text("view"), values=wish.form("values"))
        return _seen(await unless_gone(request, work))

    async def _close(self, request: Request, wish: Wish) -> dict[str, Any]:
        cleared = wish.body.get("cleared") is True
        work = self._people.close(user=wish.text("user"), view=wish.text("view"), cleared=cleared)
        return _seen(await unless_gone(request, work))

    async def _state(self, request: Request) -> dict[str, Any]:
        workspace = self._platform.workspace
        name, since = request.query_params.get("user"), request.query_params.get("since", "")
        viewer = workspace.find_user(name) if name else None
        if name and viewer is None:
            message = f"there is nobody called {name!r}"
            raise BadWish(message)
        if since:
            await unless_gone(request, workspace.wait_for_change(_whole("since", since)))
        return state(workspace, viewer.id if viewer else None)

    async def _sockets(self, request: Request) -> dict[str, Any]:
        least = _whole("at_least", request.query_params.get("at_least", "0"))
        newer_than = _whole("newer_than", request.query_params.get("newer_than", "0"))
        await unless_gone(request, self._platform.sockets.wait_for(least, newer_than=newer_than))
        return {"open": self._platform.sockets.open, "unknown_acks": self._platform.deliveries.unknown_acks}

    async def _calls(self, _: Request) -> list[dict[str, Any]]:
        return self._platform.calls.listing()

    async def _deliveries(self, _: Request) -> list[dict[str, Any]]:
        return self._platform.deliveries.listing()

    async def _faults(self, _: Request) -> list[dict[str, Any]]:
        return self._platform.faults.listing()

    async def _clear_faults(self, _: Request) -> list[dict[str, Any]]:
        self._platform.faults.clear()
        return []

    async def _add_fault(self, _: Request, wish: Wish) -> dict[str, Any]:
        fault = self._platform.faults.add(wish.body)
        match fault.kind:
            case "message_deleted":
                fault.strike()
                self._delete(fault.facts["channel"], fault.facts["ts"])
            case "disconnect":
                fault.strike()
                await self._platform.sockets.disconnect(fault.facts["reason"])
            case "reconnect_storm" if self._platform.sockets.open:
                fault.strike()
                await self._platform.sockets.storm()
        return {"id": fault.id, "kind": fault.kind, "left": fault.left, "hits": fault.hits}

    def _delete(self, channel: str, ts: str) -> None:
        place = self._platform.workspace.find_channel(channel)
        message = place.find(ts) if place else None
        if message is None:
            says = f"there is no message {ts} in {channel}"
            raise BadWish(says)
        self._platform.workspace.remove(message)

    async def _clock(self, _: Request) -> dict[str, float]:
        return {"now": self._platform.workspace.clock.now()}

    async def _advance(self, request: Request, wish: Wish) -> dict[str, float]:
        seconds = wish.number("advance")
        if seconds < 0:
            message = "'advance' must not be negative"
            raise BadWish(message)
        self._platform.workspace.clock.advance(seconds)
        return await self._clock(request)

    async def _request_urls(self, _: Request) -> dict[str, Any]:
        return {"urls": self._platform.requests.urls}

    async def _set_request_urls(self, request: Request, wish: Wish) -> dict[str, Any]:
        self._platform.requests.urls = request_urls(wish.items("urls"))
        return await self._request_urls(request)

    async def _change_user(self, _: Request, wish: Wish) -> dict[str, Any]:
        return change_user(self._platform.workspace, wish.body)

    async def _change_channel(self, _: Request, wish: Wish) -> dict[str, Any]:
        return change_channel(self._platform.workspace, wish.body)

    async def _change_usergroup(self, _: Request, wish: Wish) -> dict[str, Any]:
        return change_usergroup(self._platform.workspace, wish.body)


def _seen(outcome: Outcome | None) -> dict[str, Any]:
    return asdict(outcome) if outcome is not None else {}


def _whole(name: str, text: str) -> int:
    if not text.isdecimal():
        message = f"{name!r} must be a whole number"
        raise BadWish(message)
    return int(text)


def _reading(look: Reading) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await look(request))
        except BadWish as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return endpoint


def _doing(act: Doing) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await act(request, await read(request)))
        except (BadWish, BadFault) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)

    return endpoint

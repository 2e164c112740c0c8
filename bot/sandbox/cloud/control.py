"""The control API under ``/sandbox``: what a test or a rehearsal tells the simulated cloud (docs/sandbox-cloud.md)."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import ip_address
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.cloud.actions import BY_V2, BY_V3
from bot.sandbox.cloud.checked import complaints
from bot.sandbox.cloud.drift import NotThere, drift
from bot.sandbox.cloud.faults import ANY_ACTION
from bot.sandbox.cloud.orders import Drift, FaultOrder, Skew
from bot.sandbox.cloud.state import Cloud

Order = dict[str, Any]
Does = Callable[[Cloud, Order], object]


def _journal(cloud: Cloud, _order: Order) -> object:
    return cloud.journal.to_json()


def _clear_journal(cloud: Cloud, _order: Order) -> object:
    cloud.journal.clear()
    return []


def _state(cloud: Cloud, _order: Order) -> object:
    return cloud.to_json()


def _drift(cloud: Cloud, order: Order) -> object:
    return drift(cloud, Drift.model_validate(order))


def _tasks(cloud: Cloud, order: Order) -> object:
    cloud.tasks.plan.take(order)
    return cloud.tasks.plan.model_dump()


def _plan(cloud: Cloud, _order: Order) -> object:
    return cloud.tasks.plan.model_dump()


def _forget_tasks(cloud: Cloud, _order: Order) -> object:
    cloud.tick()
    return {"forgotten": cloud.tasks.forget()}


def _options(cloud: Cloud, order: Order) -> object:
    cloud.options.take(order)
    return cloud.options.model_dump()


def _order_fault(cloud: Cloud, order: Order) -> object:
    fault = FaultOrder.model_validate(order)
    known = (ANY_ACTION, *BY_V2, *BY_V3)
    if fault.action not in known:
        message = f"action: no {fault.action}; allowed: {', '.join(known)}"
        raise NotThere(message)
    return cloud.faults.order(fault).to_json()


def _faults(cloud: Cloud, _order: Order) -> object:
    return cloud.faults.to_json()


def _clear_faults(cloud: Cloud, _order: Order) -> object:
    cloud.faults.clear()
    return []


def _clock(cloud: Cloud, order: Order) -> object:
    cloud.skew = Skew.model_validate(order).skew
    return {"skew": cloud.skew, "now": cloud.now()}


def _release(cloud: Cloud, _order: Order) -> object:
    return {"released": cloud.gate.release()}


_ROUTES: tuple[tuple[str, str, Does], ...] = (
    ("GET", "/sandbox/journal", _journal),
    ("DELETE", "/sandbox/journal", _clear_journal),
    ("GET", "/sandbox/state", _state),
    ("POST", "/sandbox/drift", _drift),
    ("GET", "/sandbox/tasks", _plan),
    ("POST", "/sandbox/tasks", _tasks),
    ("DELETE", "/sandbox/tasks", _forget_tasks),
    ("POST", "/sandbox/options", _options),
    ("GET", "/sandbox/faults", _faults),
    ("POST", "/sandbox/faults", _order_fault),
    ("DELETE", "/sandbox/faults", _clear_faults),
    ("POST", "/sandbox/clock", _clock),
    ("POST", "/sandbox/release", _release),
)


def control_routes(cloud: Cloud) -> list[BaseRoute]:
    """Return the routes of the control API of ``cloud``."""
    return [Route(path, _endpoint(cloud, does), methods=[method]) for method, path, does in _ROUTES]


def _endpoint(cloud: Cloud, does: Does) -> Callable[[Request], Awaitable[Response]]:
    return partial(_obey, cloud, does)


async def _obey(cloud: Cloud, does: Does, request: Request) -> Response:
    if request.client is None or not ip_address(request.client.host).is_loopback:
        return _refused(403, "the control API answers this machine only")
    try:
        order = json.loads(await request.body() or b"{}")
    except ValueError as error:
        return _refused(400, f"not JSON: {error}")
    if not isinstance(order, dict):
        return _refused(400, "allowed: a JSON object")
    try:
        return JSONResponse(does(cloud, order))
    except ValidationError as error:
        return _refused(400, *complaints(error))
    except NotThere as error:
        return _refused(400, str(error))


def _refused(status: int, *problems: str) -> JSONResponse:
    return JSONResponse({"problems": problems}, status_code=status)

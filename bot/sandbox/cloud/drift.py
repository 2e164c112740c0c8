"""Somebody else changes the world."""

from typing import Any, TypeVar

from bot.sandbox.cloud.model import Backend, Listener, LoadBalancer
from bot.sandbox.cloud.orders import Drift
from bot.sandbox.cloud.state import Cloud

_Thing = TypeVar("_Thing")
_FIXED = frozenset({"id", "host", "port", "listeners", "backends"})  # who they are, and what hangs below them


class NotThere(ValueError):
    """The drift names what isn't there, or a field that can't drift; the text says what is allowed."""


def drift(cloud: Cloud, order: Drift) -> dict[str, Any]:
    """Change one thing at this moment and return it as it stands then (``gone``: as it was).

    Raises:
        NotThere: see there.
        pydantic.ValidationError: a name or a value that the field does not allow.
    """
    load_balancer = _one("load_balancer", order.load_balancer, {each.id: each for each in cloud.load_balancers})
    siblings: list[Any] = cloud.load_balancers
    target: LoadBalancer | Listener | Backend = load_balancer
    if order.listener is not None:
        siblings = load_balancer.listeners
        target = listener = _one("listener", order.listener, {each.id: each for each in load_balancer.listeners})
        if order.host is not None:
            siblings = listener.backends
            by_name = {f"{each.host}:{each.port}": each for each in listener.backends}
            target = _one("backend", f"{order.host}:{order.port}", by_name)
    _change(cloud, target, siblings, order.set)
    return target.model_dump(exclude={"listeners", "backends"})


def _change(
    cloud: Cloud, target: LoadBalancer | Listener | Backend, siblings: list[Any], changes: dict[str, Any]
) -> None:
    if changes == {"gone": True}:
        siblings.remove(target)
        return
    fixed = sorted(_FIXED & changes.keys())
    if fixed or "gone" in changes:
        free = [name for name in type(target).model_fields if name not in _FIXED]
        message = f"set: {', '.join(fixed) or 'gone'}; allowed: gone = true alone, or {', '.join(free)}"
        raise NotThere(message)
    cloud.settle()
    target.take(changes)
    cloud.settle()


def _one(what: str, name: str, things: dict[str, _Thing]) -> _Thing:
    if name not in things:
        message = f"{what}: no {name}; allowed: {', '.join(things) or 'none, there are none'}"
        raise NotThere(message)
    return things[name]

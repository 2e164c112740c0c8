"""What the read actions find (fact sheet, sections 5.2 to 5.6, 5.17, 9.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.cloud.call import Call
from bot.sandbox.cloud.model import Backend, Listener, LoadBalancer
from bot.sandbox.cloud.problems import Problem
from bot.sandbox.cloud.state import Cloud

LIMIT_DEFAULT, LIMIT_MOST = 20, 100  # fact sheet, Q35: the cap is this sandbox's choice
_ORDERS = {
    "loadBalancerName": "name",
    "createTime": "create_time",
    "domain": "domain",
    "loadBalancerType": "type",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the load balancers that matched, and how many did."""

    items: Sequence[LoadBalancer]
    total: int


@dataclass(frozen=True, slots=True)
class Bound:
    """One backend with its health of this moment."""

    backend: Backend
    health: str


def load_balancers(cloud: Cloud, call: Call) -> Page:
    """Find load balancers of the region by every filter given, ordered and paged."""
    found = [each for each in cloud.load_balancers if each.region == call.region and _matches(each, call)]
    if "order_by" in call.values:
        attribute = _ORDERS[call.values["order_by"]]
        found.sort(key=lambda each: str(getattr(each, attribute)), reverse=call.values.get("order_type") == 1)
    offset = call.values.get("offset", 0)
    limit = min(call.values.get("limit", LIMIT_DEFAULT), LIMIT_MOST)
    return Page(found[offset : offset + limit], len(found))


def _matches(each: LoadBalancer, call: Call) -> bool:
    values = call.values
    equal = {
        "type": each.type,
        "domain": each.domain,
        "project_id": each.project_id,
        "exclusive": each.exclusive,
        "tgw_set_type": each.tgw_set_type,
        "vpc": each.vpc,
        "conf_id": each.conf_id,
    }
    return (
        all(values.get(name, value) == value for name, value in equal.items())
        and each.id in values.get("load_balancer_ids", (each.id,))
        and not ("vips" in values and set(values["vips"]).isdisjoint(each.vips))
        and values.get("name", "") in each.name
        and any(values.get("search_key", "") in text for text in (each.name, each.domain, *each.vips))
    )


def listeners(cloud: Cloud, call: Call) -> list[Listener]:
    """Find the L4 listeners of a load balancer, all or those of the ids given."""
    asked = call.values.get("listener_ids")
    return [each for each in _l4(cloud, call) if asked is None or each.id in asked]


def listeners_by_search(cloud: Cloud, call: Call) -> list[Listener]:
    """Find L4 listeners by a piece of their name and by bound hosts (fact sheet, section 5.4)."""
    hosts = call.values.get("instance_ids")
    return [
        each
        for each in _l4(cloud, call)
        if call.values.get("search_key", "") in each.name
        and (hosts is None or any(backend.host in hosts for backend in each.backends))
    ]


def ports(cloud: Cloud, call: Call) -> list[Listener]:
    """Find all listeners of a load balancer, L4 and L7."""
    return cloud.load_balancer(call.region, call.values["load_balancer_id"]).listeners


def backends(cloud: Cloud, call: Call) -> list[Bound]:
    """Find the backends of an L4 listener, all or those of the bindings given."""
    listener = l4_listener(cloud.load_balancer(call.region, call.values["load_balancer_id"]), call)
    asked = call.values.get("bindings")
    return [
        Bound(each, each.health(listener, call.at))
        for each in listener.backends
        if asked is None or (each.host, each.port) in asked
    ]


def task_status(cloud: Cloud, call: Call) -> int:
    """Return the status of a task; an id that was never given, or was forgotten, is 9003 (Q37)."""
    task = cloud.tasks.find(call.values["task"])
    if task is None:
        raise Problem(9003, str(call.values["task"]))
    return task.status


def l4_listener(load_balancer: LoadBalancer, call: Call) -> Listener:
    """Return the L4 listener that the call names.

    Raises:
        Problem: -12023, no listener of this id, or an L7 one (Q1).
    """
    for each in load_balancer.listeners:
        if each.id == call.values["listener_id"] and each.is_l4:
            return each
    raise Problem(-12023, call.values["listener_id"])


def _l4(cloud: Cloud, call: Call) -> list[Listener]:
    return [each for each in ports(cloud, call) if each.is_l4]

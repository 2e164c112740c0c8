"""From an answer's records to the domain's facts.

The names are v2's; a record of a 3.0 answer spells them its own way. Fields: fact sheet, sections 5.2, 5.3, 5.5, 5.17
and 9.3.
"""

from collections.abc import Awaitable, Callable

from bot.cloud.answers import Record
from bot.domain.facts import Backend, Listener, LoadBalancer
from bot.domain.task import TaskState

VM_IP = 1  # bind type of a backend that is known by its IP; section 5.5
PAGE = 100  # load balancers asked for at once; the official 3.0 example asks as many
_PAGES_MOST = 100  # so that a cloud that never stops answering can't hold us
_TASK_STATES = {0: TaskState.DONE, 1: TaskState.FAILED, 2: TaskState.RUNNING}  # section 7


def load_balancer(record: Record) -> LoadBalancer:
    """Read one load balancer."""
    return LoadBalancer(
        id=record.text("loadBalancerId"), name=record.optional("loadBalancerName"), status=record.number("status")
    )


def listener(record: Record) -> Listener:
    """Read one L4 listener."""
    return Listener(
        id=record.text("listenerId"),
        name=record.optional("listenerName"),
        kind=record.text("listenerType"),
        protocol=record.text("protocol").lower(),
        port=record.number("loadBalancerPort"),
        status=record.number("status"),
        health_check=record.number("healthSwitch") == 1,
        custom_health_check=record.number("customHealthSwitch") == 1,
        interval=record.number("intervalTime"),
        timeout=record.number("timeOut"),
        healthy_after=record.number("healthNum"),
        unhealthy_after=record.number("unhealthNum"),
    )


def backend(record: Record, *, port: str, probe_port: int | None) -> Backend:
    """Read one backend. ``port`` is what this API calls the bound server port."""
    bind_type = record.number("bindType")
    # A VM is known by its IP: v2 gives no instance id, 3.0 may repeat the IP there (section 9.3; Q23).
    ip = record.optional("lanIp") if bind_type == VM_IP else ""
    return Backend(
        bind_type=bind_type,
        host=ip or record.text("instanceId"),
        port=record.number(port),
        alias=record.optional("alias"),
        weight=record.number("weight"),
        health=record.optional("status"),
        probe_port=probe_port,
    )


def protocols(answer: Record) -> dict[str, str]:
    """Read the protocol of every listener, L4 and L7, by id."""
    return {r.text("listenerId"): r.text("protocol").lower() for r in answer.records("listenerSet")}


def task_state(record: Record) -> TaskState:
    """Read a task's state; a number that no document has is ``UNCLEAR``."""
    return _TASK_STATES.get(record.number("status"), TaskState.UNCLEAR)


async def every_load_balancer(page: Callable[[int], Awaitable[Record]]) -> tuple[LoadBalancer, ...]:
    """Return the load balancers of all pages (Q35). ``page`` fetches the one that starts at an offset."""
    found: list[LoadBalancer] = []
    for _ in range(_PAGES_MOST):
        answer = await page(len(found))
        records = answer.records("loadBalancerSet")
        found += map(load_balancer, records)
        if not records or len(found) >= answer.number("totalCount"):
            break
    return tuple(found)

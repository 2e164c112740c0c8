"""The write: set the probe port of one backend (fact sheet, sections 5.1, 9.3)."""

from bot.sandbox.cloud.call import Call
from bot.sandbox.cloud.model import RUNNING, VM_IP, Backend, Listener
from bot.sandbox.cloud.problems import Problem
from bot.sandbox.cloud.reads import l4_listener
from bot.sandbox.cloud.state import Cloud
from bot.sandbox.cloud.tasks import Task


def set_probe_port(cloud: Cloud, call: Call) -> Task:
    """Start the task that sets a probe port.

    Raises:
        Problem: in this order 11041, 12003, -12023, -12021, 9003 (where the option wants the custom check on), 30011,
            -21001 while another task runs on the load balancer (Q10, Q12).
    """
    load_balancer = cloud.load_balancer(call.region, call.values["load_balancer_id"])
    if load_balancer.status != RUNNING:
        raise Problem(12003, load_balancer.id)
    listener = l4_listener(load_balancer, call)
    if listener.status != RUNNING:
        raise Problem(-12021, listener.id)
    if cloud.options.probe_port_needs_custom_check and not (listener.health_switch and listener.custom_health_switch):
        raise Problem(9003, "customHealthSwitch=0")
    backend = _bound(listener, call)
    if cloud.tasks.is_busy(load_balancer.id):
        raise Problem(-21001, load_balancer.id)
    return cloud.tasks.start(call.action, load_balancer.id, (listener, backend), call.values["probe_port"], call.at)


def _bound(listener: Listener, call: Call) -> Backend:
    # Q11, Q24: 30011 for host and binding alike; v2 knows host ids only, 3.0 tells the kinds apart by BindType.
    host, port, bind_type = call.values["instance_id"], call.values["port"], call.values.get("bind_type")
    for each in listener.backends:
        kind_fits = each.bind_type != VM_IP if bind_type is None else each.bind_type == bind_type
        if (each.host, each.port) == (host, port) and kind_fits:
            return each
    raise Problem(30011, f"{host}:{port}")

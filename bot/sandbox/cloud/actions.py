"""The actions that the sandbox offers, each once for both faces: parameters, what it does, how it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.sandbox.cloud import answers, reads
from bot.sandbox.cloud.call import Call
from bot.sandbox.cloud.parameters import PORT, Parameter, bindings, integer, task_id, text, texts
from bot.sandbox.cloud.probe_port import set_probe_port
from bot.sandbox.cloud.state import Cloud

_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action under its two names; ``run`` raises ``Problem``, ``v2`` and ``v3`` show what it returned."""

    name_v2: str
    name_v3: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Cloud, Call], Any]
    v2: Callable[[Any], dict[str, Any]]
    v3: Callable[[Any], dict[str, Any]]


def _parameter(name: str, v2: str, convert: Callable[[object], Any], *, required: bool = False) -> Parameter:
    return Parameter(name=name, v2=v2, v3=v2[0].upper() + v2[1:], convert=convert, required=required)


_LOAD_BALANCER = _parameter("load_balancer_id", "loadBalancerId", text(), required=True)
_LISTENER = _parameter("listener_id", "listenerId", text(), required=True)

ACTIONS = (
    Action(
        name_v2="DescribeBmLoadBalancers",
        name_v3="DescribeLoadBalancers",
        parameters=(
            _parameter("load_balancer_ids", "loadBalancerIds", texts),
            _parameter("type", "loadBalancerType", text("open", "internal")),
            _parameter("name", "loadBalancerName", text()),
            _parameter("domain", "domain", text(pattern=r"[a-z0-9.-]{1,60}")),
            _parameter("vips", "loadBalancerVips", texts),
            _parameter("offset", "offset", integer(0, _MOST)),
            _parameter("limit", "limit", integer(1, _MOST)),
            _parameter("search_key", "searchKey", text()),
            _parameter("order_by", "orderBy", text("loadBalancerName", "createTime", "domain", "loadBalancerType")),
            _parameter("order_type", "orderType", integer(0, 1)),
            _parameter("project_id", "projectId", integer(0, _MOST)),
            _parameter("exclusive", "exclusive", integer(0, 4)),
            _parameter("tgw_set_type", "tgwSetType", text("tunnel", "fullnat", "dnat")),
            Parameter(name="vpc", v2="unVpcId", v3="VpcId", convert=text()),
            Parameter(name="query_type", v2=None, v3="QueryType", convert=text("CONFLIST", "CONFID")),
            Parameter(name="conf_id", v2=None, v3="ConfId", convert=text()),
        ),
        run=reads.load_balancers,
        v2=answers.load_balancers_v2,
        v3=answers.load_balancers_v3,
    ),
    Action(
        name_v2="DescribeBmListeners",
        name_v3="DescribeL4Listeners",
        parameters=(_LOAD_BALANCER, _parameter("listener_ids", "listenerIds", texts)),
        run=reads.listeners,
        v2=answers.listeners_v2,
        v3=answers.listeners_v3,
    ),
    Action(
        name_v2="DescribeBmListenerInfo",
        name_v3="DescribeL4ListenerInfo",
        parameters=(
            _LOAD_BALANCER,
            _parameter("search_key", "searchKey", text()),
            _parameter("instance_ids", "instanceIds", texts),
        ),
        run=reads.listeners_by_search,
        v2=answers.listeners_by_search_v2,
        v3=answers.listeners_v3,
    ),
    Action(
        name_v2="DescribeBmL4ListenerBackends",
        name_v3="DescribeL4Backends",
        parameters=(
            _LOAD_BALANCER,
            _LISTENER,
            Parameter(name="bindings", v2="backends", v3="BackendSet", convert=bindings),
        ),
        run=reads.backends,
        v2=answers.backends_v2,
        v3=answers.backends_v3,
    ),
    Action(
        name_v2="DescribeBmVportInfo",
        name_v3="DescribeLoadBalancerPortInfo",
        parameters=(_LOAD_BALANCER,),
        run=reads.ports,
        v2=answers.ports_v2,
        v3=answers.ports_v3,
    ),
    Action(
        name_v2="ModifyBmL4ListenerBackendProbePort",
        name_v3="ModifyL4BackendProbePort",
        parameters=(
            _LOAD_BALANCER,
            _LISTENER,
            _parameter("instance_id", "instanceId", text(), required=True),
            _parameter("port", "port", PORT, required=True),
            _parameter("probe_port", "probePort", PORT, required=True),
            Parameter(name="bind_type", v2=None, v3="BindType", convert=integer(0, 2), required=True),
        ),
        run=set_probe_port,
        v2=lambda task: {"requestId": task.number},
        v3=lambda task: {"TaskId": task.v3_id},
    ),
    Action(
        name_v2="DescribeBmLoadBalancersTaskResult",
        name_v3="DescribeLoadBalancerTaskResult",
        parameters=(Parameter(name="task", v2="requestId", v3="TaskId", convert=task_id, required=True),),
        run=reads.task_status,
        v2=lambda status: {"data": {"status": status}},
        v3=lambda status: {"Status": status},
    ),
)

BY_V2: Mapping[str, Action] = MappingProxyType({action.name_v2: action for action in ACTIONS})
BY_V3: Mapping[str, Action] = MappingProxyType({action.name_v3: action for action in ACTIONS})

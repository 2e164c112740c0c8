"""How each face shows what was found (fact sheet, sections 5.2 to 5.6, 5.17, 9.3)."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.cloud.model import VM_IP, Listener, LoadBalancer
from bot.sandbox.cloud.reads import Bound, Page

Body = dict[str, Any]
_CUSTOM = ("customHealthSwitch", "inputType", "lineSeparatorType", "healthRequest", "healthResponse", "toaFlag")


def load_balancers_v2(page: Page) -> Body:
    """Show a page of load balancers."""
    return {"loadBalancerSet": [_load_balancer_v2(each) for each in page.items], "totalCount": page.total}


def _load_balancer_v2(each: LoadBalancer) -> Body:
    return {
        **_load_balancer(each),
        "loadBalancerVips": list(each.vips),
        "unVpcId": each.vpc,
        "unSubnetId": each.subnet,
        "vpcId": each.vpc_number,
        "subnetId": each.subnet_number,
    }


def load_balancers_v3(page: Page) -> Body:
    """Show a page of load balancers; a missing VIP shows as an empty text."""
    return {"LoadBalancerSet": [_load_balancer_v3(each) for each in page.items], "TotalCount": page.total}


def _load_balancer_v3(each: LoadBalancer) -> Body:
    return {
        **_pascal(_load_balancer(each)),
        "LoadBalancerVips": list(each.vips) or [""],
        "LoadBalancerVipv6s": [],
        "CurVips": None,
        "VpcId": each.vpc,
        "SubnetId": each.subnet,
        "IntVpcId": each.vpc_number,
        "VpcName": "",
        "VpcCidrBlock": "",
        "Exclusive": each.exclusive,
        "ConfId": each.conf_id,
        "ConfName": "",
        "SupportListenerTypes": [],
        "BzPayMode": "",
        "BzL4Metrics": "",
        "BzL7Metrics": "",
    }


def _load_balancer(each: LoadBalancer) -> Body:
    return {
        "loadBalancerId": each.id,
        "loadBalancerName": each.name,
        "loadBalancerType": each.type,
        "domain": each.domain,
        "status": each.status,
        "createTime": each.create_time,
        "statusTime": each.status_time,
        "projectId": each.project_id,
        "latestPayMode": each.latest_pay_mode,
        "payMode": each.pay_mode,
        "bandwidth": each.bandwidth,
        "tgwSetType": each.tgw_set_type,
        "ipProtocolType": each.ip_protocol_type,
    }


def listeners_v2(found: Sequence[Listener]) -> Body:
    """Show L4 listeners."""
    return {"listenerSet": [_listener(each) for each in found], "totalCount": len(found)}


def listeners_by_search_v2(found: Sequence[Listener]) -> Body:
    """Show L4 listeners without the custom check and without a count (Q33)."""
    shown = [{name: value for name, value in _listener(each).items() if name not in _CUSTOM} for each in found]
    return {"listenerSet": shown}


def listeners_v3(found: Sequence[Listener]) -> Body:
    """Show L4 listeners; 3.0 gives no count."""
    return {"ListenerSet": [{**_pascal(_listener(each)), "BalanceMode": each.balance_mode} for each in found]}


def _listener(each: Listener) -> Body:
    return {
        **_port(each),
        "listenerType": "L4Listener" if each.is_l4 else "L7Listener",
        "sessionExpire": each.session_expire,
        "healthSwitch": each.health_switch,
        "timeOut": each.time_out,
        "intervalTime": each.interval_time,
        "healthNum": each.health_num,
        "unhealthNum": each.unhealth_num,
        "customHealthSwitch": each.custom_health_switch,
        "inputType": each.input_type,
        "lineSeparatorType": each.line_separator_type,
        "healthRequest": each.health_request,
        "healthResponse": each.health_response,
        "toaFlag": each.toa_flag,
        "addTimestamp": each.add_timestamp,
    }


def _port(each: Listener) -> Body:
    return {
        "listenerId": each.id,
        "listenerName": each.name,
        "protocol": each.protocol,
        "loadBalancerPort": each.port,
        "bandwidth": each.bandwidth,
        "status": each.status,
    }


def ports_v2(found: Sequence[Listener]) -> Body:
    """Show the ports of all listeners."""
    return {"listenerSet": [_port(each) for each in found], "totalCount": len(found)}


def ports_v3(found: Sequence[Listener]) -> Body:
    """Show the ports of all listeners; ``Port`` is 0 as in the official example."""
    return {"ListenerSet": [{**_pascal(_port(each)), "Port": 0} for each in found]}


def backends_v2(found: Sequence[Bound]) -> Body:
    """Show backends: never the probe port (Q7), and of a VM its address only (Q23)."""
    return {"data": [_bound_v2(each) for each in found]}


def _bound_v2(each: Bound) -> Body:
    backend = each.backend
    common = {
        "bindType": backend.bind_type,
        "rsPort": backend.port,
        "weight": backend.weight,
        "status": each.health,
    }
    if backend.bind_type == VM_IP:
        return {**common, "lanIp": backend.host}
    return {
        **common,
        "lanIp": backend.lan_ip,
        "instanceId": backend.host,
        "alias": backend.alias,
        "operates": list(backend.operates),
    }


def backends_v3(found: Sequence[Bound]) -> Body:
    """Show backends with their probe ports, -1 where unset."""
    return {"BackendSet": [_bound_v3(each) for each in found]}


def _bound_v3(each: Bound) -> Body:
    backend = each.backend
    is_vm = backend.bind_type == VM_IP
    return {
        "BindType": backend.bind_type,
        "Port": backend.port,
        "Weight": backend.weight,
        "Status": each.health,
        "InstanceId": backend.host,
        "Alias": backend.alias,
        "LanIp": backend.host if is_vm else backend.lan_ip,
        "Operates": [] if is_vm else list(backend.operates),
        "ProbePort": backend.probe_port,
    }


def _pascal(body: Body) -> Body:
    return {name[0].upper() + name[1:]: value for name, value in body.items()}

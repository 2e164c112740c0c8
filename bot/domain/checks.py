"""What must be true of the live load balancer before a person is asked."""

from bot.domain.errors import Refusal
from bot.domain.facts import L4_LISTENER, RUNNING, Backend, Facts
from bot.domain.operation import Operation


class LoadBalancerNotFound(Refusal):
    """No such load balancer in this account and region. Facts: ``load_balancer``, ``have`` (up to 5 near ids)."""

    code = "load_balancer_not_found"


class ListenerNotFound(Refusal):
    """No such listener. Facts: ``listener``, ``load_balancer``, ``have`` (its L4 listeners' ids)."""

    code = "listener_not_found"


class NotLayer4(Refusal):
    """An L7 listener has no probe ports. Facts: ``listener``, ``protocol``, ``have`` (the L4 listeners' ids)."""

    code = "not_layer4"


class LoadBalancerNotRunning(Refusal):
    """Facts: ``load_balancer``, ``status``."""

    code = "load_balancer_not_running"


class ListenerNotRunning(Refusal):
    """Facts: ``listener``, ``status``."""

    code = "listener_not_running"


class BackendNotBound(Refusal):
    """Facts: ``host``, ``port``, ``listener``, ``have`` (nearest bound backends, each ``host:port health``)."""

    code = "backend_not_bound"


class NothingToChange(Refusal):
    """The new value stands there already. Facts: ``value``, ``host``, ``port``."""

    code = "nothing_to_change"


class HealthCheckOff(Refusal):
    """No probes at all, so a probe port means nothing. Facts: ``listener``."""

    code = "health_check_off"


class CustomHealthCheckOff(Refusal):
    """The probe port is used by the custom health check only. Facts: ``listener``."""

    code = "custom_health_check_off"


def check(operation: Operation, facts: Facts, *, needs_health_check: bool = True) -> Backend:
    """Return the backend that ``operation`` changes.

    ``needs_health_check`` is the policy's word on changes that would have no effect while health checks are off.

    Raises:
        Refusal: one of the classes above; the first that applies.
    """
    listener = facts.listener
    if listener.kind != L4_LISTENER or listener.protocol not in {"tcp", "udp"}:
        raise NotLayer4(listener=listener.id, protocol=listener.protocol, have=())
    if facts.load_balancer.status != RUNNING:
        raise LoadBalancerNotRunning(load_balancer=facts.load_balancer.id, status=facts.load_balancer.status)
    if listener.status != RUNNING:
        raise ListenerNotRunning(listener=listener.id, status=listener.status)
    backend = facts.backend(operation.host, operation.port)
    if backend is None:
        have = sorted(facts.backends, key=lambda b: (b.host != operation.host, b.host, abs(b.port - operation.port)))
        raise BackendNotBound(
            host=operation.host,
            port=operation.port,
            listener=listener.id,
            have=tuple(f"{b.host}:{b.port} {b.health}".rstrip() for b in have[:5]),
        )
    if operation.is_done(facts):
        raise NothingToChange(value=operation.after, host=operation.host, port=operation.port)
    if needs_health_check and not listener.health_check:
        raise HealthCheckOff(listener=listener.id)
    if needs_health_check and not listener.custom_health_check:
        raise CustomHealthCheckOff(listener=listener.id)
    return backend

"""What must be true before a person is asked."""

from dataclasses import replace

import pytest

from bot.domain.checks import (
    BackendNotBound,
    CustomHealthCheckOff,
    HealthCheckOff,
    ListenerNotRunning,
    LoadBalancerNotRunning,
    NothingToChange,
    NotLayer4,
    check,
)
from bot.domain.errors import Refusal
from bot.domain.facts import Facts
from tests.unit.domain.example import BACKEND, OPERATION
from tests.unit.domain.example import FACTS as FINE

# Each refusal in the order in which they are looked for: how to spoil the facts, and what is then told.
SPOILT: list[tuple[type[Refusal], dict[str, object], dict[str, object]]] = [
    (NotLayer4, {"protocol": "http"}, {"listener": "lbl-b", "protocol": "http", "have": ()}),
    (LoadBalancerNotRunning, {"load_balancer_status": 0}, {"load_balancer": "lb-a", "status": 0}),
    (ListenerNotRunning, {"status": 3}, {"listener": "lbl-b", "status": 3}),
    (BackendNotBound, {"backends": ()}, {"host": "cpm-c", "port": 1234, "listener": "lbl-b", "have": ()}),
    (NothingToChange, {"probe_port": 12345}, {"value": 12345, "host": "cpm-c", "port": 1234}),
    (HealthCheckOff, {"health_check": False}, {"listener": "lbl-b"}),
    (CustomHealthCheckOff, {"custom_health_check": False}, {"listener": "lbl-b"}),
]


def spoilt(**changes: object) -> Facts:
    facts = FINE
    for name, value in changes.items():
        if name == "backends":
            facts = replace(facts, backends=())
        elif name == "probe_port":
            backends = tuple(replace(one, probe_port=12345) for one in facts.backends)
            facts = replace(facts, backends=backends)
        elif name == "load_balancer_status":
            facts = replace(facts, load_balancer=replace(facts.load_balancer, status=0))
        else:
            facts = replace(facts, listener=replace(facts.listener, **{name: value}))  # type: ignore[arg-type] # by name
    return facts


def test_a_possible_change_returns_its_backend() -> None:
    assert check(OPERATION, FINE) == BACKEND


@pytest.mark.parametrize(("refusal", "changes", "told"), SPOILT)
def test_each_refusal_has_its_facts(
    refusal: type[Refusal], changes: dict[str, object], told: dict[str, object]
) -> None:
    with pytest.raises(refusal) as caught:
        check(OPERATION, spoilt(**changes))

    assert caught.type is refusal
    assert caught.value.facts == told


@pytest.mark.parametrize("first", range(len(SPOILT)))
def test_of_several_refusals_the_first_is_told(first: int) -> None:
    everything = {name: value for _, changes, _ in SPOILT[first:] for name, value in changes.items()}

    with pytest.raises(Refusal) as caught:
        check(OPERATION, spoilt(**everything))

    assert caught.type is SPOILT[first][0]


@pytest.mark.parametrize("kind", ["L7Listener", ""])
def test_only_an_l4_listener_has_probe_ports(kind: str) -> None:
    with pytest.raises(NotLayer4):
        check(OPERATION, spoilt(kind=kind))


def test_udp_is_layer_4_too() -> None:
    assert check(OPERATION, spoilt(protocol="udp")) == BACKEND


def test_a_policy_may_allow_changes_that_wait_for_the_health_check() -> None:
    facts = spoilt(health_check=False, custom_health_check=False)

    assert check(OPERATION, facts, needs_health_check=False) == BACKEND


def test_a_probe_port_nobody_can_read_is_no_reason_to_refuse() -> None:
    unread = replace(BACKEND, probe_port=None)

    assert check(OPERATION, replace(FINE, backends=(unread,))) == unread


def test_an_unbound_backend_is_told_with_the_nearest_bound_ones() -> None:
    bound = [("cpm-a", 1234), ("cpm-c", 9000), ("cpm-c", 1200), ("cpm-d", 1), ("cpm-b", 1), ("cpm-e", 1)]
    backends = tuple(replace(BACKEND, host=host, port=port) for host, port in bound)

    with pytest.raises(BackendNotBound) as caught:
        check(OPERATION, replace(FINE, backends=backends))

    assert caught.value.facts["have"] == (
        "cpm-c:1200 Alive",
        "cpm-c:9000 Alive",
        "cpm-a:1234 Alive",
        "cpm-b:1 Alive",
        "cpm-d:1 Alive",
    )

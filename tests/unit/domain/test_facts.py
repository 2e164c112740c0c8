"""What one look at a listener showed."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import ALIVE, DEAD, L4_LISTENER, Backend, Facts, Listener, LoadBalancer

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
FACTS = st.builds(
    Facts,
    observed_at=st.floats(0, 4e9),
    load_balancer=st.builds(LoadBalancer, id=TEXT, name=TEXT, status=st.integers()),
    listener=st.builds(Listener, id=TEXT, name=TEXT, kind=TEXT, protocol=TEXT),
    backends=st.lists(
        st.builds(Backend, host=TEXT, alias=TEXT, health=TEXT, probe_port=st.none() | st.integers(-1, 65535)),
        max_size=4,
    ).map(tuple),
)


def backend(host: str, health: str = ALIVE) -> Backend:
    return Backend(bind_type=0, host=host, port=80, alias="", weight=10, health=health, probe_port=None)


def listener(*, interval: int, timeout: int, healthy_after: int, unhealthy_after: int) -> Listener:
    return Listener(
        id="lbl-a",
        name="",
        kind=L4_LISTENER,
        protocol="tcp",
        port=80,
        status=1,
        health_check=True,
        custom_health_check=True,
        interval=interval,
        timeout=timeout,
        healthy_after=healthy_after,
        unhealthy_after=unhealthy_after,
    )


def facts(*backends: Backend) -> Facts:
    return Facts(
        observed_at=0.0,
        load_balancer=LoadBalancer(id="lb-a", name="", status=1),
        listener=listener(interval=5, timeout=2, healthy_after=3, unhealthy_after=3),
        backends=backends,
    )


@given(seen=FACTS)
@settings(deadline=None)
def test_facts_come_back_from_json_as_they_were(seen: Facts) -> None:
    assert Facts.from_json(json.loads(json.dumps(seen.to_json()))) == seen


@pytest.mark.parametrize(
    ("healthy_after", "unhealthy_after", "seconds"),
    [(3, 3, 5 * 3 + 2), (2, 10, 5 * 10 + 2), (10, 2, 5 * 10 + 2)],
)
def test_a_change_of_health_is_watched_for_the_slower_of_both_ways(
    healthy_after: int, unhealthy_after: int, seconds: int
) -> None:
    slow = listener(interval=5, timeout=2, healthy_after=healthy_after, unhealthy_after=unhealthy_after)

    assert slow.watch_seconds == seconds


def test_a_backend_is_found_by_host_and_port_together() -> None:
    seen = facts(backend("cpm-a"), backend("cpm-b"))

    assert seen.backend("cpm-b", 80) == backend("cpm-b")
    assert seen.backend("cpm-b", 81) is None
    assert seen.backend("cpm-c", 80) is None


@pytest.mark.parametrize(
    ("healths", "alive", "is_last"),
    [((ALIVE, DEAD), 1, True), ((ALIVE, ALIVE), 2, False), ((DEAD, ALIVE), 1, False), ((DEAD, ""), 0, False)],
)
def test_the_last_backend_alive_is_known(healths: tuple[str, str], alive: int, is_last: bool) -> None:
    seen = facts(backend("cpm-a", healths[0]), backend("cpm-b", healths[1]))

    assert seen.alive == alive
    assert seen.is_last_alive("cpm-a", 80) is is_last


def test_a_backend_that_is_not_bound_is_not_the_last_alive() -> None:
    assert not facts(backend("cpm-a")).is_last_alive("cpm-z", 80)

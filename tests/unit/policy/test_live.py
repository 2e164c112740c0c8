"""Live facts are computed from one look at the listener."""

from dataclasses import replace

import pytest

from bot.domain.facts import ALIVE, DEAD, Facts
from bot.domain.policy import Asker, LiveFact, Request, live_facts
from bot.domain.policy.live import drains
from tests.unit.slack.making import CHANGE

OPERATION = CHANGE.operation
BACKEND = CHANGE.facts.backends[0]


def seen(*healths: str, check: bool = True, custom: bool = True) -> Facts:
    """Return facts in which the operation's backend has the first health, and others the rest."""
    own = replace(BACKEND, host=OPERATION.host, port=OPERATION.port)
    backends = tuple(replace(own, port=own.port + n, health=health) for n, health in enumerate(healths))
    listener = replace(CHANGE.facts.listener, health_check=check, custom_health_check=custom)
    return replace(CHANGE.facts, listener=listener, backends=backends)


@pytest.mark.parametrize(
    ("facts", "so"),
    [
        (seen(ALIVE, ALIVE), set()),
        (seen(ALIVE, DEAD), {LiveFact.LAST_ALIVE}),
        (seen(ALIVE), {LiveFact.LAST_ALIVE}),
        (seen(DEAD, ALIVE), {LiveFact.BACKEND_DEAD}),
        (seen(DEAD), {LiveFact.BACKEND_DEAD}),
        (seen("", ALIVE), set()),
        (seen(ALIVE, ALIVE, check=False), {LiveFact.HEALTH_CHECK_OFF}),
        (seen(ALIVE, ALIVE, custom=False), {LiveFact.HEALTH_CHECK_OFF}),
        (seen(), set()),
    ],
)
def test_what_is_so_of_the_target_is_read_from_the_facts(facts: Facts, so: set[LiveFact]) -> None:
    assert live_facts(OPERATION, facts) == so


@pytest.mark.parametrize(("parameters", "so"), [({"weight": 0}, True), ({"weight": 1}, False), ({"port": 0}, False)])
def test_a_weight_of_nought_drains(parameters: dict[str, object], so: bool) -> None:
    assert drains(parameters) is so


def test_a_request_is_made_of_the_operation_the_facts_and_who_asks() -> None:
    anna = Asker(id="U0ANNA", groups=frozenset({"anyone"}), channel="C0OPS", channel_name="ops")
    expected = Request(
        operation="probe-port",
        load_balancer=OPERATION.load_balancer,
        listener=OPERATION.listener,
        region="ap-guangzhou",
        asker=anna,
        at=5.0,
        facts=frozenset({LiveFact.LAST_ALIVE}),
    )

    assert Request.of(OPERATION, seen(ALIVE), anna, region="ap-guangzhou", at=5.0) == expected

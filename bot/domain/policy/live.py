"""What a rule may ask of the live load balancer, computed from one look at it."""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.facts import DEAD, Facts
from bot.domain.operation import Operation


class LiveFact(StrEnum):
    """Something that is so of an operation's target right now."""

    LAST_ALIVE = "last_alive"  # the backend is the only one of its listener that is Alive
    BACKEND_DEAD = "backend_dead"  # the backend is Dead; a health that the cloud doesn't tell is not
    HEALTH_CHECK_OFF = "health_check_off"  # the listener's health check or its custom health check is off
    WEIGHT_TO_ZERO = "weight_to_zero"  # the operation drains the backend


def live_facts(operation: Operation, facts: Facts) -> frozenset[LiveFact]:
    """Return what is so of ``operation`` in the light of ``facts``."""
    backend, listener = facts.backend(operation.host, operation.port), facts.listener
    so = {
        LiveFact.LAST_ALIVE: facts.is_last_alive(operation.host, operation.port),
        LiveFact.BACKEND_DEAD: backend is not None and backend.health == DEAD,
        LiveFact.HEALTH_CHECK_OFF: not (listener.health_check and listener.custom_health_check),
        LiveFact.WEIGHT_TO_ZERO: drains(operation.to_json()),
    }
    return frozenset(fact for fact, is_so in so.items() if is_so)


def drains(parameters: Mapping[str, object]) -> bool:
    """Say whether an operation with these parameters (``to_json``) sets a weight to 0."""
    return parameters.get("weight") == 0

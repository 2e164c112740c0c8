"""One look at a load balancer, a listener and its backends, or the refusal that says which of them isn't there."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from difflib import SequenceMatcher
from typing import Protocol, TypeVar

from bot.domain.checks import ListenerNotFound, LoadBalancerNotFound, NotLayer4
from bot.domain.errors import CloudError
from bot.domain.facts import L4_LISTENER, Backend, Facts, Listener, LoadBalancer

T = TypeVar("T")

_LAYER_4 = frozenset({"tcp", "udp"})
_NEAR_MOST = 5
# How the cloud says so where it does not simply list none; fact sheet, sections 6.2, 6.3, 9.6.
_NOT_THERE = frozenset({"11041", "12012", "5000", "ResourceNotFound"})


class Reads(Protocol):
    """What both versions of the API can read."""

    async def load_balancers(self, *ids: str) -> tuple[LoadBalancer, ...]:
        """Return these load balancers, or all."""

    async def listeners(self, load_balancer: str) -> tuple[Listener, ...]:
        """Return the L4 listeners."""

    async def protocols(self, load_balancer: str) -> dict[str, str]:
        """Return the protocol of every listener, L4 and L7, by id."""


async def observe(
    reads: Reads,
    backends: Awaitable[tuple[Backend, ...]],
    load_balancer: str,
    listener: str,
    now: Callable[[], float],
) -> Facts:
    """Return what is true now; ``observed_at`` is when the reads began.

    All listeners are read, not the one asked for: what a filter answers to an unknown id is not documented.

    Raises:
        Refusal: the load balancer or the listener isn't there, or isn't an L4 one.
        CloudError: a read didn't succeed.
    """
    observed_at = now()
    balancers, listeners, bound = await asyncio.gather(
        reads.load_balancers(load_balancer), reads.listeners(load_balancer), backends, return_exceptions=True
    )
    # In this order: a missing load balancer explains why its listeners couldn't be read.
    found = await _load_balancer(reads, load_balancer, balancers)
    layer_4 = await _listener(reads, found, listener, _result(listeners))
    return Facts(observed_at=observed_at, load_balancer=found, listener=layer_4, backends=_result(bound))


async def _load_balancer(reads: Reads, asked: str, answer: tuple[LoadBalancer, ...] | BaseException) -> LoadBalancer:
    missing = isinstance(answer, CloudError) and answer.code in _NOT_THERE
    for balancer in () if missing else _result(answer):
        if balancer.id == asked:
            return balancer
    try:
        have = _nearest(asked, [balancer.id for balancer in await reads.load_balancers()])[:_NEAR_MOST]
    except CloudError:
        have = ()  # the near ids are a courtesy; that this one is missing is known
    raise LoadBalancerNotFound(load_balancer=asked, have=have)


async def _listener(reads: Reads, balancer: LoadBalancer, asked: str, listeners: tuple[Listener, ...]) -> Listener:
    layer_4 = {found.id: found for found in listeners if found.kind == L4_LISTENER and found.protocol in _LAYER_4}
    if asked in layer_4:
        return layer_4[asked]
    have = _nearest(asked, layer_4)
    protocol = (await reads.protocols(balancer.id)).get(asked)
    if protocol is None or protocol in _LAYER_4:
        raise ListenerNotFound(listener=asked, load_balancer=balancer.id, have=have)
    raise NotLayer4(listener=asked, protocol=protocol, have=have)


def _nearest(asked: str, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=lambda found: (-SequenceMatcher(None, asked, found).ratio(), found)))


def _result(answer: T | BaseException) -> T:
    if isinstance(answer, BaseException):
        raise answer
    return answer

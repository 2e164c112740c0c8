"""The client: load balancers in the domain's words, over API v2 or 3.0."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.cloud.auth import Keys, Tc3Auth, V1Auth
from bot.cloud.gate import Gate, Own
from bot.cloud.observe import observe
from bot.cloud.readings import VM_IP
from bot.cloud.settings import Api, CloudSettings
from bot.cloud.transport import open_transport
from bot.cloud.v2 import V2, V2Dialect
from bot.cloud.v3 import V3, V3Dialect
from bot.domain.errors import CloudError, Refusal
from bot.domain.facts import Backend, Facts
from bot.domain.operation import Operation
from bot.domain.task import Receipt, TaskState

_ATTEMPTS_BESIDE_V2 = 2  # where 3.0 can't be reached, people shouldn't wait long for what v2 knows


class VmIpNeedsV3(Refusal):
    """API v2 can't change a backend that is bound by a VM's IP (fact sheet, Q24). Facts: ``host``, ``port``."""

    code = "vm_ip_needs_v3"


class Bmlb:
    """The cloud as the engine knows it. Made by ``open_bmlb``; every method raises ``CloudError``."""

    def __init__(self, *, api: Api, v2: V2, v3: V3, now: Callable[[], float]) -> None:
        self._api = api
        self._v2 = v2
        self._v3 = v3
        self._now = now

    async def observe(self, load_balancer: str, listener: str) -> Facts:
        """Return what is true now.

        With ``api`` v2 the backends still come from 3.0, the only one that tells probe ports; where it doesn't answer
        they come from v2 with ``probe_port`` None.

        Raises:
            Refusal: the load balancer or the listener isn't there, or isn't an L4 one.
        """
        if self._api == "v2":
            return await observe(self._v2, self._backends(load_balancer, listener), load_balancer, listener, self._now)
        backends = self._v3.backends(load_balancer, listener)
        return await observe(self._v3, backends, load_balancer, listener, self._now)

    def must_reach(self, operation: Operation, bind_type: int) -> None:
        """Refuse what this API version can't change.

        Raises:
            VmIpNeedsV3: a backend bound by a VM's IP, over v2.
        """
        if self._api == "v2" and bind_type == VM_IP:
            raise VmIpNeedsV3(host=operation.host, port=operation.port)

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        """Make the one modify call, once.

        Raises:
            VmIpNeedsV3: nothing was sent.
            CallHeld: nothing left this machine, by our own will.
            CallNotSent: nothing left this machine.
            CallRefused: it did not happen.
            CallUnanswered: it may have happened.
        """
        self.must_reach(operation, bind_type)
        if self._api == "3.0":
            return await self._v3.modify(operation, bind_type)
        return await self._v2.modify(operation)

    def request(self, operation: Operation, bind_type: int) -> dict[str, Any]:
        """Return what ``modify`` sends, as plain data, without what signs it (key, signature, nonce, time)."""
        if self._api == "3.0":
            return self._v3.request(operation, bind_type)
        return self._v2.request(operation)

    async def task(self, task: str) -> TaskState:
        """Return what the cloud says of ``task``, an id from this API version's ``modify``."""
        return await (self._v2 if self._api == "v2" else self._v3).task(task)

    async def ping(self, api: Api | None = None) -> float | None:
        """Make one cheap read, once, over ``api`` or else the version that writes.

        Return the cloud's clock minus ours in seconds, None where its answer had no Date.
        """
        return await (self._v2 if (api or self._api) == "v2" else self._v3).ping()

    async def _backends(self, load_balancer: str, listener: str) -> tuple[Backend, ...]:
        try:
            return await self._v3.backends(load_balancer, listener, attempts=_ATTEMPTS_BESIDE_V2)
        except CloudError:
            return await self._v2.backends(load_balancer, listener)


@asynccontextmanager
async def open_bmlb(
    settings: CloudSettings,
    *,
    now: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    rng: random.Random,
    gate: Gate | None = None,
) -> AsyncIterator[Bmlb]:
    """Open the client and close its connections again.

    ``now`` is seconds since the epoch: it signs, and it measures the cloud's clock. ``sleep`` takes seconds. ``rng``
    gives nonces and spreads waits; two processes must not share its seed. ``gate`` is what replicas share; None: this
    process is the only one.
    """
    keys = Keys(secret_id=settings.secret_id, secret_key=settings.secret_key, token=settings.token)
    v2 = V2Dialect(url=settings.v2_url, region=settings.v2_region, auth=V1Auth(keys, now=now, rng=rng))
    v3 = V3Dialect(url=settings.v3_url, region=settings.v3_region, auth=Tc3Auth(keys, now=now))
    async with open_transport(
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        gate=gate or Own(settings.rate),
        secrets=(settings.secret_id, settings.secret_key, settings.token),
        now=now,
        sleep=sleep,
        rng=rng,
    ) as transport:
        yield Bmlb(api=settings.api, v2=V2(transport, v2), v3=V3(transport, v3), now=now)

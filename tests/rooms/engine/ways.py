"""Ways to the cloud on which only the modify call has trouble, and what must come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.change import Change, Ending, State
from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.task import Receipt, TaskState
from tests.rooms.engine.world import OPERATION, World


@dataclass
class Way:
    """The way to the cloud as it is."""

    world: World

    async def observe(self, load_balancer: str, listener: str) -> Facts:
        return await self.world.cloud.observe(load_balancer, listener)

    def must_reach(self, operation: Operation, bind_type: int) -> None:
        self.world.cloud.must_reach(operation, bind_type)

    def request(self, operation: Operation, bind_type: int) -> Mapping[str, Any]:
        return self.world.cloud.request(operation, bind_type)

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        return await self.world.cloud.modify(operation, bind_type)

    async def task(self, task: str) -> TaskState:
        return await self.world.cloud.task(task)


@dataclass
class CutOff(Way):
    """The way to the cloud, closed for the first ``times`` modify calls and open for every read."""

    times: int

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        self.times -= 1
        if self.times < 0:
            return await super().modify(operation, bind_type)
        await self.world.stop_serving()
        try:
            return await super().modify(operation, bind_type)
        finally:
            await self.world.serve_again()


async def ran(made: World, kind: str = "", **more: object) -> Change:
    """Return how the change ended whose first call met the fault ``kind``."""
    change = await made.approved()
    if kind:
        made.fault_on_writes(kind, **more)
    return await made.ran(change)


def stands(made: World) -> int:
    """Return the probe port that stands at the cloud."""
    return int(made.sandbox.load_balancers[-1].listeners[0].backends[0].probe_port)


async def is_read_and_not_called_again(made: World, ended: Change) -> None:
    assert (ended.ending, ended.state) == (Ending.VERIFIED_BY_READING, State.SUCCEEDED)
    assert (stands(made), made.calls) == (OPERATION.after, 1)

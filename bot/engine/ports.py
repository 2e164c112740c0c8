"""What the engine asks of its neighbours, in the domain's words."""

from typing import Protocol

from bot.domain.facts import Facts
from bot.domain.operation import Operation
from bot.domain.task import Receipt, TaskState


class Cloud(Protocol):
    """The load balancers. Every method raises ``CloudError``."""

    async def observe(self, load_balancer: str, listener: str) -> Facts:
        """Return what is true now.

        Raises:
            Refusal: the load balancer or the listener isn't there, or isn't an L4 one.
        """

    def must_reach(self, operation: Operation, bind_type: int) -> None:
        """Refuse, before anybody is asked, what ``modify`` can't do.

        Raises:
            Refusal: the way to the cloud that is configured can't change such a backend.
        """

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        """Make the one modify call, once: it is never repeated below this line.

        Raises:
            CallHeld: this process may not call just now; nothing left it.
            NotStored: whose turn it is to call can't be told; nothing left it.
        """

    async def task(self, task: str) -> TaskState:
        """Return what the cloud says of ``task``."""


class Clock(Protocol):
    """Time, owned by whoever runs the engine."""

    def now(self) -> float:
        """Return seconds since the epoch, as the machine's clock has them: it may jump."""

    def monotonic(self) -> float:
        """Return seconds of no epoch that never jump; only differences within one process mean something."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""

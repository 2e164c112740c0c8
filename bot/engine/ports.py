"""What the engine asks of its neighbours, in the domain's words."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from bot.domain.facts import Facts
from bot.domain.freezes import Freeze
from bot.domain.operation import Operation
from bot.domain.policy import Person
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

    def request(self, operation: Operation, bind_type: int) -> Mapping[str, Any]:
        """Return what ``modify`` sends, as plain data without secrets, for the record."""

    async def modify(self, operation: Operation, bind_type: int) -> Receipt:
        """Make the one modify call, once: it is never repeated below this line.

        Raises:
            CallHeld: this process may not call just now; nothing left it.
            NotStored: whose turn it is to call can't be told; nothing left it.
        """

    async def task(self, task: str) -> TaskState:
        """Return what the cloud says of ``task``."""


class Membership(Protocol):
    """Who is in which group of people. People and groups go by the chat's own ids."""

    async def groups_of(self, person: str, groups: Collection[str]) -> frozenset[str]:
        """Return those of ``groups`` that ``person`` is in, asked now: what a decision goes by.

        Nobody is in a group that is disabled or not there.

        Raises:
            Refusal: the chat didn't tell, so nothing may be decided (``bot.domain.groups``).
        """

    async def groups_of_each(self, people: Collection[str], groups: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return the same for each of ``people``, all of it as of one look.

        Raises:
            Refusal: as ``groups_of``.
        """

    async def members(self, group: str) -> frozenset[str]:
        """Return who is in ``group``, as it was a minute ago at most: for explanations and pings, never to decide.

        Raises:
            Refusal: the chat didn't tell, or there is no such group, or it is disabled.
        """


class Directory(Membership, Protocol):
    """Who people and channels are, asked now.

    Every method raises a ``Refusal`` where the chat didn't tell: then nothing may be decided.
    """

    async def identify(self, person: str) -> Person:
        """Return who ``person`` is now."""

    async def channel_name(self, channel: str) -> str | None:
        """Return the name of ``channel`` without ``#``, or None where it has none."""


class Freezes(Protocol):
    """What people froze."""

    async def on(self, load_balancer: str, *, at: float) -> Sequence[Freeze]:
        """Return the freezes on ``load_balancer`` that hold at ``at``, as they are set now."""


class Clock(Protocol):
    """Time, owned by whoever runs the engine."""

    def now(self) -> float:
        """Return seconds since the epoch, as the machine's clock has them: it may jump."""

    def monotonic(self) -> float:
        """Return seconds of no epoch that never jump; only differences within one process mean something."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""

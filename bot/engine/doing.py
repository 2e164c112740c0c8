"""What makes a story durable: checkpointed steps that outlast the database, and how a later version may take others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NoReturn, Protocol, TypeVar

from dbos import DBOS
from dbos import error as engine_errors
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.change import Run
from bot.store.ledger import Fenced, NotStored

AWAY_SECONDS = 1.0  # between two tries of a step while the database is away

T = TypeVar("T")
Step = Callable[..., Awaitable[Any]]
_log = logging.getLogger(__name__)


class OtherShape(Exception):
    """The run was begun by a version whose story takes other steps at ``step``, and no patch tells them apart."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class StepBroke(Exception):
    """A statement of ours that the database refuses, whenever it is tried."""


class Do(Protocol):
    """What makes a story durable: checkpointed steps, and how a later version may take others."""

    async def __call__(self, step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
        """Return what ``step(*args)`` returned, now or before the crash: a finished step answers from its checkpoint.

        Raises:
            OtherShape: another step stands at this place of the run; the run can't go on from here.
        """

    async def patched(self, name: str) -> bool:
        """Say whether this run takes the way that the change ``name`` of the story brought.

        Every step that is added, taken out, renamed or moved goes behind one, since a run of the version before may be
        at any of its steps: ``if await do.patched("name")`` the new way, else the old one. A run that was past this
        place takes the old way to its end, whoever tells it; every other one the new way, for good. The old way may
        go once no run of the version before can be left, a release later.
        """


Story = Callable[[Run, Do], Awaitable[None]]


async def _patient(step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
    while True:
        try:
            return await step(*args)
        except Fenced:
            _log.warning("%s goes on elsewhere", step.__name__)
            await _for_ever()
        except NotStored:  # the database is away, which is no reason to end a run
            _log.warning("%s waits for the database", step.__name__)
            await asyncio.sleep(AWAY_SECONDS)
        except SQLAlchemyError as error:  # a fault of ours, and not to be taken for the engine's own below
            raise StepBroke(step.__name__) from error


async def _for_ever() -> NoReturn:
    """Do nothing more: the run is another replica's, or the next start's, and no fault of this one may end it."""
    while True:
        await asyncio.get_running_loop().create_future()


class Doing:
    """The ``Do`` of one engine, until it has ``stopped``; ``held`` are the runs that go on in this process."""

    def __init__(self, stopped: asyncio.Event, held: set[str]) -> None:
        self._stopped = stopped
        self._held = held

    async def __call__(self, step: Step, *args: object) -> Any:  # noqa: ANN401 - plain JSON data
        """Do ``step``, or answer from its checkpoint; none begins once the engine stops."""
        if self._stopped.is_set():
            await _for_ever()
        try:
            return await self._in_time(DBOS.run_step_async({"name": step.__name__}, partial(_patient, step, *args)))
        except engine_errors.DBOSUnexpectedStepError as error:
            raise OtherShape(step.__name__) from error

    async def patched(self, name: str) -> bool:
        """Say whether this run takes the new way."""
        return await self._in_time(DBOS.patch_async(name))

    async def _in_time(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except SQLAlchemyError:  # the engine could not write down what was done, which is no reason to end a run
            _log.exception("a run is let go of, to be taken up again")
            self._held.discard(DBOS.workflow_id or "")
            await _for_ever()
        except Exception:
            if self._stopped.is_set():  # the engine ended below what was still under way
                await _for_ever()
            raise

"""The durable engine, DBOS Transact (MIT part), behind a few verbs: start, enqueue, adopt, stop, what a workflow needs.

Traps and measurements: engine fact sheet. Every start is an executor of its own, so that nobody re-runs what another
one is at; what a dead one left is adopted. Runs are not held back here: whose turn it is stands in the ledger, in the
order of approvals, which a queue's partitions neither keep nor enforce.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.exc import DBAPIError

from bot.domain.change import Change, Run
from bot.engine.doing import Doing, Story
from bot.store.book import Book
from bot.store.database import sync_url
from bot.store.ledger import NotStored
from bot.store.migrate import NotADatabase
from bot.store.postgresql import is_passing
from bot.store.threads import Threads
from bot.store.wire import ANSWER_SECONDS

WORKFLOW = "run_change"
QUEUE = "changes"
APPLICATION_VERSION = "1"  # a constant: a version that follows the sources strands waiting work at every deploy
QUEUE_POLL_SECONDS = 0.5
POOL, CLIENT_POOL = 20, 5  # connections of the engine, and of what is asked of it
CONNECTIONS = POOL + CLIENT_POOL + 1  # to PostgreSQL, at most; one more listens
UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")
FINISHED = ("SUCCESS", "ERROR", "CANCELLED")

T = TypeVar("T")
_log = logging.getLogger(__name__)


def run_id(change: Change) -> str:
    """Return the engine's id of the run that approving ``change`` as it stands begins."""
    return f"{change.name}.{change.version}"


class Durable:
    """The engine of one process, ``executor`` by name: a new one at every start.

    A run waits while the database is away; what is asked here is told so. A connection that doesn't answer for
    ``answer_seconds`` is broken.
    """

    def __init__(self, url: str, *, executor: str, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._url = sync_url(url)
        self._executor = executor
        self._runs, self._questions = (
            Threads(url, connections=most, answer_seconds=answer_seconds) for most in (POOL, CLIENT_POOL)
        )
        self._client: DBOSClient | None = None
        self._stopped = asyncio.Event()
        self.held: set[str] = set()  # the runs that go on in this process

    async def start(self, story: Story) -> None:
        """Launch the engine, beside the running loop, which its runs are told on; missing tables are made.

        Raises:
            NotADatabase: the database refuses.
            NotStored: it went away; another engine may be started later.
        """
        try:
            with self._questions.asked():
                await self._launched(story)
        except NotStored as away:
            await self.stop()
            cause = away.__cause__
            if isinstance(cause, DBAPIError) and not is_passing(cause):
                raise NotADatabase(cause) from cause
            raise

    async def _launched(self, story: Story) -> None:
        launching = asyncio.create_task(self._launch(story))
        try:
            await asyncio.shield(launching)
        except asyncio.CancelledError:  # a thread can't be cancelled: what it launches is stopped again
            with suppress(Exception):
                await launching
            await self.stop()
            raise

    async def _launch(self, story: Story) -> None:
        async def run_change(change: int, version: int) -> None:
            run = DBOS.workflow_id or ""
            self.held.add(run)
            try:
                await story(Run(change, version), Doing(self._stopped, self.held))
            finally:
                self.held.discard(run)

        DBOS.workflow(name=WORKFLOW)(run_change)
        serializer = DBOSPortableJSONSerializer()
        connect = partial(DBOSClient, system_database_engine=self._questions.engine, retry_connection_errors=False)
        self._client = await _beside(partial(connect, serializer=serializer))
        engine = DBOS(
            config={
                "name": "countersign",
                "system_database_url": self._url,
                "system_database_engine": self._runs.engine,
                "application_version": APPLICATION_VERSION,
                "executor_id": self._executor,
                "serializer": serializer,
                "log_level": "WARNING",
                "notification_listener_polling_interval_sec": 0.2,
            }
        )
        engine._background_event_loop.set_main_loop()  # noqa: SLF001 - else launching in a thread tells runs there
        await _beside(DBOS.launch)
        self._own_default_executor()
        await DBOS.register_queue_async(QUEUE, polling_interval_sec=QUEUE_POLL_SECONDS)
        self._runs.waits.set()

    async def enqueue(self, book: Book, change: Change, *, again: str = "") -> None:
        """Queue the run of ``change`` inside the caller's transaction: it exists if and only if that commits.

        The run's id is the change's id and version; a second enqueue attaches to the first. ``again`` tells this one
        from a run before it that ended without ending the change.
        """
        client = self._asking
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": f"{run_id(change)}.{again}" if again else run_id(change),
            "app_version": APPLICATION_VERSION,
        }
        run = (change.id, change.version)
        await book.run_sync(lambda connection: client.enqueue_in_transaction(connection, options, *run))

    async def stop(self) -> None:
        """Stop without waiting for runs: they go on elsewhere, or at the next start. The loop goes on meanwhile."""
        self._stopped.set()
        self._runs.close()
        self._own_default_executor()
        await _beside(self._end)
        self._own_default_executor()

    def _end(self) -> None:
        DBOS.destroy(destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
        for way in (self._runs, self._questions):
            way.dispose()

    async def unfinished(self) -> Mapping[str, str]:
        """Return the runs that have not ended: id -> who runs it, ``""`` where nobody does yet.

        Raises:
            NotStored: the database is away.
        """
        with self._questions.asked():
            runs = await self._asking.list_workflows_async(status=list(UNFINISHED), load_input=False, load_output=False)
        return {run.workflow_id: run.executor_id or "" if run.status == "PENDING" else "" for run in runs}

    async def adopt(self, runs: Collection[str], *, by: str | None = None) -> None:
        """Let somebody who lives go on with ``runs``, behind their last finished steps.

        ``by`` is the replica that says so, looked for in the same transaction; None: nobody can have buried it.

        Raises:
            Fenced: ``by`` was buried; nothing happened.
            NotStored: the database is away.
        """
        if runs:
            with self._questions.asked(), self._questions.by(by):
                await self._asking.resume_workflows_async(list(runs), queue_name=QUEUE)

    @property
    def _asking(self) -> DBOSClient:
        if self._client is None:
            msg = "the engine is not started"
            raise RuntimeError(msg)
        return self._client

    async def forget(self, *, before: float, most: int) -> int:
        """Delete what the engine kept of up to ``most`` runs that ended before then; return how many.

        What has not ended stays, however old. ``before`` is in seconds since the epoch, on the engine's own clock.

        Raises:
            NotStored: the database is away.
        """
        until = datetime.fromtimestamp(before, UTC).isoformat()
        with self._questions.asked():
            runs = await self._asking.list_workflows_async(
                status=list(FINISHED), completed_before=until, limit=most, load_input=False, load_output=False
            )
            if runs:
                await self._asking.delete_workflows_async([run.workflow_id for run in runs])
        return len(runs)

    @staticmethod
    def _own_default_executor() -> None:
        # The engine replaces the loop's default executor and closes it at the end; DNS look-ups and to_thread need one.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="countersign"))


async def _beside(work: Callable[[], T]) -> T:
    """Do ``work`` in a thread of its own, so that the loop goes on: with the beats, and with hearing a signal."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="countersign-engine") as thread:
        return await asyncio.get_running_loop().run_in_executor(thread, work)

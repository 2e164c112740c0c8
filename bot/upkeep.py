"""What has to be done again and again, by every replica or by the one that leads."""

from collections.abc import Mapping

import structlog

from bot.domain.change import State
from bot.engine.changes import Changes
from bot.engine.durable import Durable, run_id
from bot.engine.ports import Clock
from bot.engine.renewing import Renewing
from bot.engine.ruling import Ruling
from bot.engine.standing import Standing
from bot.engine.starting import Starting
from bot.gauges import Gauges
from bot.store import freezes, grants, line, outbox, replicas, reviews
from bot.store.ledger import Ledger, NotStored

TEND_SECONDS = 1.0
SWEEP_SECONDS = 5.0
DROPPED_SECONDS = 3.0  # between a claim and its run there are milliseconds
_log = structlog.get_logger(__name__)


class Upkeep:
    """Adopt what the dead left, expire what is overdue, begin what is due, thaw, restart what ended early, count."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        standing: Standing,
        durable: Durable,
        changes: Changes,
        ruling: Ruling,
        gauges: Gauges,
        clock: Clock,
    ) -> None:
        self._ledger = ledger
        self._standing = standing
        self._durable = durable
        self._changes = changes
        self._starting = Starting(ledger, clock, durable.enqueue)
        self._renewing = Renewing(ledger, clock, ruling)
        self._gauges = gauges
        self._clock = clock
        self._runless: set[str] = set()
        self._unheld: dict[str, float] = {}  # since when a run was seen to be this replica's and not to go on

    async def run(self) -> None:
        """Tend each second, and sweep more rarely, for as long as the process lives."""
        swept = float("-inf")
        while True:
            try:
                runs = await self.tend()
                if self._clock.monotonic() - swept >= SWEEP_SECONDS:
                    swept = self._clock.monotonic()
                    await self.sweep(runs)
            except NotStored as away:
                _log.warning("upkeep waits for the database", error=str(away))
            await self._clock.sleep(TEND_SECONDS)

    async def tend(self) -> Mapping[str, str]:
        """Let the living go on with the runs that the dead left; return the unfinished ones, as ``Durable`` tells them.

        Raises:
            NotStored: the database is away.
        """
        runs = await self._durable.unfinished()  # first: who claims a run later has joined before
        await self._take_up(self._dropped(runs), "runs that this replica claimed and dropped go on")
        if self._standing.leads:
            async with self._ledger.reading() as book:
                living = {one.id for one in await replicas.living(book)}
            left = [run for run, executor in runs.items() if executor and executor not in living]
            await self._take_up(left, "runs of a dead replica go on")
        return runs

    async def _take_up(self, runs: list[str], why: str) -> None:
        if runs:
            await self._standing.assure()
            _log.warning(why, runs=runs)
            await self._durable.adopt(runs, by=self._standing.replica)

    def _dropped(self, runs: Mapping[str, str]) -> list[str]:
        """Return what this replica claimed and doesn't run, as when the answer to the claim was lost."""
        now = self._clock.monotonic()
        mine = {run for run, executor in runs.items() if executor == self._standing.replica}
        self._unheld = {run: self._unheld.get(run, now) for run in mine - self._durable.held}
        return [run for run, since in self._unheld.items() if now - since >= DROPPED_SECONDS]

    async def sweep(self, runs: Mapping[str, str]) -> None:
        """Expire, begin, thaw, restart and count; ``runs`` are those that had not ended a moment ago.

        Raises:
            NotStored: the database is away.
        """
        if self._standing.leads:
            await self._changes.expire_overdue()
            await self._starting.begin_due()
            await self._renewing.thaw()
            await self._restart_runless({".".join(run.split(".")[:2]) for run in runs})
        await self._count(len(runs))

    async def _count(self, runs: int) -> None:
        now = self._clock.now()
        async with self._ledger.reading() as book:
            counted, due = await book.count(), await outbox.waiting(book)
            alive = len(await replicas.living(book))
            open_reviews, since = await reviews.standing(book)
            frozen, granted = await freezes.standing(book, at=now), await grants.active(book, at=now)
            starts = await line.scheduled(book)
        self._gauges.show(counted, waiting=due, runs=runs, replicas=alive)
        self._gauges.show_reviews(open_reviews, oldest=0.0 if since is None else max(now - since, 0.0))
        self._gauges.show_lasting(freezes=len(frozen), grants=len(granted), starts=starts)

    async def _restart_runless(self, running: set[str]) -> None:
        """Begin again the run of an open change whose run ended without ending it: seen so twice, a sweep apart."""
        async with self._ledger.reading() as book:
            opened = await book.find(State.APPROVED, State.RUNNING)
        expected = {run_id(change): change for change in opened if not change.waits_for_start}
        runless = {run: change for run, change in expected.items() if run not in running}
        for run in runless.keys() & self._runless:
            _log.error("a run ended and left its change open; it begins again", run=run)
            async with self._ledger.writing() as book:
                await self._durable.enqueue(book, runless[run], again=f"{self._clock.now():.0f}")
        self._runless = set(runless)

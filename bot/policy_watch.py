"""The policy file, read again when it changes; a broken one changes nothing, and says so until it is mended."""

import asyncio
import hashlib
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

from bot.domain.policy import Policy
from bot.engine.ports import Clock
from bot.engine.ruling import Ruling
from bot.gauges import Gauges
from bot.policy_file import BadPolicy
from bot.store.book import SYSTEM
from bot.store.ledger import Ledger, NotStored

LOOK_SECONDS = 2.0  # between two looks whether a file changed
CALENDARS = "*.ics"
_log = structlog.get_logger(__name__)

Stamp = tuple[tuple[str, int, int], ...]  # name, time of the last change (ns), bytes


class PolicyWatch:
    """Keeps ``ruling`` to the file at ``path`` and the calendars beside it; ``read`` reads them, as at the start."""

    def __init__(
        self, path: Path, read: Callable[[], Policy], ruling: Ruling, ledger: Ledger, gauges: Gauges, clock: Clock
    ) -> None:
        self._path = path
        self._read = read
        self._ruling = ruling
        self._ledger = ledger
        self._gauges = gauges
        self._clock = clock
        self._seen = self._stamp()
        self._told = asyncio.Event()  # somebody sent SIGHUP

    async def run(self) -> None:
        """Look until cancelled; at once whenever the process is sent SIGHUP."""
        with self._hearing():
            while True:
                await self._moment()
                await self.look()

    async def look(self) -> None:
        """Read the file again if it, or a calendar beside it, changed, or if somebody asked for it."""
        stamp = self._stamp()
        if stamp == self._seen and not self._told.is_set():
            return
        self._told.clear()
        self._seen = stamp
        try:
            policy = self._read()
        except BadPolicy as bad:
            self._keep([f"line {one.line}: {one.fault}" for one in bad.problems])
        except OSError as error:
            self._keep([str(error.strerror)])
        else:
            await self._take(policy)

    async def _take(self, policy: Policy) -> None:
        self._gauges.policy_broken.set(0)
        if policy == self._ruling.policy:
            _log.info("the policy file was read and says the same as before")
            return
        self._ruling.policy = policy
        facts: dict[str, object] = {"sha256": self._digest(), "rules": {one.name: one.version for one in policy.rules}}
        if policy.emergency is not None:
            facts["emergency"] = policy.emergency.version
        _log.info("the policy was replaced", **facts)
        try:
            async with self._ledger.writing() as book:
                await book.record(SYSTEM, "policy.replaced", at=self._clock.now(), facts=facts)
        except NotStored:  # each decision records the rule it was made under all the same
            _log.exception("that the policy was replaced could not be recorded")

    def _keep(self, problems: list[str]) -> None:
        self._gauges.policy_broken.set(1)
        _log.error(
            "the policy file can't be used; the rules stay as they were. Run: countersign policy check",
            path=str(self._path),
            problems=problems,
        )

    async def _moment(self) -> None:
        """Wait for the next look."""
        waiting = asyncio.create_task(self._clock.sleep(LOOK_SECONDS))
        told = asyncio.create_task(self._told.wait())
        try:
            await asyncio.wait([waiting, told], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (waiting, told):
                task.cancel()

    @contextmanager
    def _hearing(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._told.set)
        try:
            yield
        finally:
            loop.add_signal_handler(signal.SIGHUP, _stops_anyway)

    def _stamp(self) -> Stamp:
        found = []
        for path in (self._path, *sorted(self._path.parent.glob(CALENDARS))):
            with suppress(OSError):
                stat = path.stat()
                found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _digest(self) -> str:
        with suppress(OSError):
            return hashlib.sha256(self._path.read_bytes()).hexdigest()
        return ""


def _stops_anyway() -> None:
    """Let a SIGHUP pass that comes while the process stops: it would be ended at once without this."""

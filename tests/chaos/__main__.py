"""``make chaos``: rounds on each database; exit code 1 if any of them broke a rule.

``CHAOS_ROUNDS`` (20) rounds on each of ``CHAOS_DATABASES`` (``sqlite,postgresql``), drawn from ``CHAOS_SEED`` (chance),
from round ``CHAOS_FIRST`` (1) on, in ``CHAOS_WORLDS`` worlds at once (four for each processor).
"""

import asyncio
import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import report
from tests.chaos.bots import Link
from tests.chaos.database import Database, Postgresql, Sqlite
from tests.chaos.itinerary import Itinerary
from tests.chaos.moments import ON_ANY, ON_POSTGRESQL
from tests.chaos.rounds import play
from tests.chaos.sabotage import TO_ONE_WITH_A_FILE
from tests.chaos.setting import Kind, setting
from tests.chaos.tally import Tally
from tests.postgres import VARIABLE, any_server, fresh_database

STOPPED = 130  # the exit code of what was told to stop, as shells have it
LASTING = 10  # rounds of one world; then there is a fresh one, so that no look at it grows without end
KINDS = (  # of worlds, in turn
    Kind(api="v2", http=False, overrides=True),
    Kind(api="3.0", http=True, overrides=False),
    Kind(api="3.0", http=False, overrides=True),
    Kind(api="v2", http=True, overrides=False),
)
WORLDS_EACH = 4  # for one processor: most of a round is spent waiting
BOTS = {"sqlite": 1, "postgresql": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for: rounds ``first`` to ``last`` of ``seed``."""

    database: str
    first: int
    last: int
    seed: int

    @property
    def rounds(self) -> int:
        """Return how many rounds that are."""
        return self.last - self.first + 1


def say(text: str) -> None:
    """Tell the terminal at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        yield Sqlite(folder / "countersign.db")
    else:
        with any_server(os.environ.get(VARIABLE)) as server, fresh_database(server) as url:
            yield Postgresql(server, url)


async def _world(order: Order, itinerary: Itinerary, numbers: range, tally: Tally) -> None:
    """Play rounds ``numbers`` in one world."""
    folder = Path(tempfile.mkdtemp(prefix=f"countersign-chaos-{order.database}-"))
    kind = KINDS[(numbers.start - 1) // LASTING % len(KINDS)]
    with _database(order.database, folder) as database:
        async with setting(folder, database, kind, bots=BOTS[order.database]) as opened:
            for number in numbers:
                rng = random.Random(f"{order.seed} {number}")  # noqa: S311 - to be drawn again
                verdict = await play(opened, itinerary, number, rng)
                tally.count(verdict)
                say(report.line(verdict))
                if verdict.violations:
                    report.keep(verdict, folder)
                    for text in report.broken(verdict, database=order.database, seed=order.seed, folder=folder):
                        say(text)
    if not tally.broken.keys() & set(numbers):
        shutil.rmtree(folder)


async def _rounds(order: Order, places: asyncio.Semaphore) -> Tally:
    """Play every round on one database, in as many worlds at once as there are ``places``."""
    say(f"chaos on {order.database}: {order.rounds} rounds, CHAOS_SEED={order.seed}")
    itinerary, tally = _itinerary(order), Tally(rounds=order.rounds)

    async def world(numbers: range) -> None:
        async with places:
            try:
                await _world(order, itinerary, numbers, tally)
            except Exception:  # noqa: BLE001 - whatever broke one world must not end the others unheard
                say(f"a world of rounds {numbers.start} to {numbers.stop - 1} broke:\n{traceback.format_exc()}")
                tally.count_lost(numbers)

    firsts = range(order.first, order.last + 1, LASTING)
    worlds = [world(range(first, min(first + LASTING, order.last + 1))) for first in firsts]
    await asyncio.gather(*worlds)
    struck = f"{len(itinerary.struck)} of {len(itinerary.pairs)}"
    say(f"{order.database}: {struck} pairs of a named moment and a deed were struck")
    return tally


async def _chaos(orders: list[Order], worlds: int) -> list[Tally]:
    places = asyncio.Semaphore(worlds)
    playing = asyncio.ensure_future(asyncio.gather(*(_rounds(order, places) for order in orders)))
    for number in (signal.SIGINT, signal.SIGTERM):  # each world ends what it started
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    return await playing


def _itinerary(order: Order) -> Itinerary:
    bots = BOTS[order.database]
    if order.database == "sqlite":
        return Itinerary(seed=order.seed, moments=ON_ANY, bots=bots, deeds=TO_ONE_WITH_A_FILE)
    ways = ("cut",) if os.environ.get(VARIABLE) else ("stop", "cut")  # a server that was given is not ours to stop
    return Itinerary(seed=order.seed, moments=ON_POSTGRESQL, bots=bots, links=tuple(Link), ways=ways)


def main() -> int:
    """Play what the environment asks for."""
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1_000_000))
    first, rounds = int(os.environ.get("CHAOS_FIRST") or 1), int(os.environ.get("CHAOS_ROUNDS") or 20)
    databases = [name.strip() for name in (os.environ.get("CHAOS_DATABASES") or "sqlite,postgresql").split(",")]
    orders = [Order(database=name, first=first, last=first + rounds - 1, seed=seed) for name in databases]
    worlds = int(os.environ.get("CHAOS_WORLDS") or WORLDS_EACH * (os.cpu_count() or 1))
    try:
        tallies = asyncio.run(_chaos(orders, worlds))
    except asyncio.CancelledError:
        say("told to stop")
        return STOPPED
    for order, tally in zip(orders, tallies, strict=True):
        for text in tally.lines(order.database, order.seed):
            say(text)
    return 1 if any(tally.broken for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())

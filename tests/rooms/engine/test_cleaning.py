"""What people sent, replicas and the engine's runs are forgotten after their time, a few at a time, by one replica."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from bot.cleaning import BATCH, PAUSE_SECONDS, Cleaning
from bot.domain.change import Run
from bot.engine.doing import Do
from bot.engine.durable import Durable
from bot.store import intake, replicas
from bot.store.ledger import Fenced, Ledger
from bot.store.tables import intake as intakes
from bot.store.tables import replicas as places
from tests.rooms.clock import Time
from tests.rooms.engine.cleaned import KEEP, NOTHING, cleaning, count
from tests.rooms.engine.told import Told, finished, idle, started
from tests.rooms.store.ledgers import opened, opened_change, rows, taken
from tests.unit.slack.making import NOW

REAL = 4_000_000_000.0  # the engine notes the machine's time: beyond any that these tests will be run at


@dataclass
class Follower:
    """A replica that others lead."""

    replica: str | None = "follower"
    leads: bool = False

    async def assure(self) -> None:
        """Return at once."""


async def test_what_is_not_answered_yet_is_kept(ledger: Ledger, durable: Durable) -> None:
    async with ledger.writing() as book:
        for key in ("answered", "open"):
            await intake.take_in(book, taken(key))
        await intake.finish(book, "answered", at=NOW)

    gone = await cleaning(ledger, durable, Time(jumped=2 * KEEP)).round()

    assert gone == {**NOTHING, "intake": 1}
    assert [row["key"] for row in await rows(ledger, intakes)] == ["open"]


async def test_a_replica_that_was_buried_long_ago_goes_and_stays_fenced(
    url: str, ledger: Ledger, durable: Durable
) -> None:
    async with opened(url) as old:
        await old.enlist("old", at=NOW)
        async with ledger.writing() as book:
            await replicas.bury(book, {"old"}, at=NOW)
            await replicas.join(book, "young", at=NOW)
        gone = await cleaning(ledger, durable, Time(jumped=2 * KEEP)).round()
        with pytest.raises(Fenced):
            async with old.writing():
                pytest.fail("it writes")

    assert gone == {**NOTHING, "replicas": 1}
    assert [row["id"] for row in await rows(ledger, places)] == ["young"]


async def test_finished_runs_are_forgotten_and_an_unfinished_one_goes_on(url: str, ledger: Ledger) -> None:
    told, release = Told(), asyncio.Event()

    async def story(run: Run, do: Do) -> None:
        async def step(_number: int) -> None:
            told.say(f"begin {run.version}")
            if run.version == 2:
                await release.wait()
            if run.version == 3:
                raise ValueError

        await do(step, run.change)
        told.say(f"end {run.version}")

    async with started(url, story) as durable:
        async with ledger.writing() as book:
            change = await opened_change(book)
            for version in (1, 2, 3):
                await durable.enqueue(book, replace(change, version=version))
        await told.until("end 1")
        await told.until("begin 2")
        while set(await durable.unfinished()) != {"CR-1.2"}:
            pass
        cleans = cleaning(ledger, durable, Time(jumped=REAL - NOW))
        rounds = [(await cleans.round())["runs"], (await cleans.round())["runs"]]
        unfinished = set(await durable.unfinished())
        release.set()
        await told.until("end 2")
        await finished(durable)
        at_last = (await cleans.round())["runs"]

    assert rounds == [2, 0]
    assert unfinished == {"CR-1.2"}
    assert at_last == 1


async def test_a_run_that_ended_just_now_is_kept(url: str, ledger: Ledger) -> None:
    async with started(url, idle) as durable:
        async with ledger.writing() as book:
            await durable.enqueue(book, await opened_change(book))
        await finished(durable)

        assert await durable.forget(before=NOW, most=BATCH) == 0
        assert await durable.forget(before=REAL, most=BATCH) == 1


async def much(ledger: Ledger, number: int) -> None:
    async with ledger.writing() as book:
        for key in range(number):
            await intake.take_in(book, taken(f"k{key:04}"))
            await intake.finish(book, f"k{key:04}", at=NOW)


async def test_much_goes_in_small_transactions_and_others_write_in_between(ledger: Ledger, durable: Durable) -> None:
    left = list[int]()

    class Slow(Time):
        async def sleep(self, seconds: float) -> None:
            assert seconds == PAUSE_SECONDS
            left.append(await count(ledger, intakes))
            async with ledger.writing(patience=0.1) as book:
                await book.record("another", "written", at=NOW)

    await much(ledger, 2 * BATCH + 1)

    gone = await cleaning(ledger, durable, Slow(jumped=2 * KEEP)).round()

    assert gone["intake"] == 2 * BATCH + 1
    assert left == [BATCH + 1, 1]


async def test_only_the_replica_that_leads_cleans(ledger: Ledger, durable: Durable) -> None:
    await much(ledger, 1)

    gone = await Cleaning(ledger, durable, Time(jumped=2 * KEEP), Follower(), keep=KEEP).round()

    assert gone == NOTHING
    assert await count(ledger, intakes) == 1


async def test_two_that_clean_at_once_delete_each_row_once(url: str, ledger: Ledger, durable: Durable) -> None:
    await much(ledger, BATCH + 5)
    time = Time(jumped=2 * KEEP)

    async with opened(url) as other:
        both = await asyncio.gather(*(cleaning(one, durable, time).round() for one in (ledger, other)))

    assert sum(gone["intake"] for gone in both) == BATCH + 5
    assert await count(ledger, intakes) == 0

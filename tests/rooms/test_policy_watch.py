"""A policy file that changes while the bot runs: a good one replaces the rules, a broken one changes nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.engine.ruling import Ruling
from bot.gauges import Gauges
from bot.policy_file import read_policy
from bot.policy_watch import PolicyWatch
from bot.slack.directory import SlackDirectory
from bot.store.freezes import StandingFreezes
from bot.store.ledger import Ledger
from bot.store.tables import events
from tests.rooms.clock import Time
from tests.rooms.store.ledgers import database, opened, rows

ONE, TWO = (
    f'[[rule]]\nname = "all"\napprovers = ["anyone"]\napprovals = {count}\nwindow = ["always"]\n\n'
    f'[[rule]]\nname = "rest"\napprovers = ["anyone"]\napprovals = {count}\n\n'
    '[windows]\nalways = { days = "mon-sun", from = "00:00", to = "24:00", zone = "UTC" }\n'
    for count in (1, 2)
)

CALENDAR = (Path(__file__).parents[2] / "docs" / "policy" / "year-end.ics").read_text(encoding="utf-8")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(database(tmp_path)) as ledger:
        yield ledger


class Watched:
    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.path, self.ledger = folder / "policy.toml", ledger
        self.write(ONE)
        read = partial(read_policy, self.path, expires_minutes=60)
        self.gauges, self.time = Gauges(), Time()
        self.ruling = Ruling(read(), SlackDirectory(), StandingFreezes(ledger), region="ap-beijing")
        self.watch = PolicyWatch(self.path, read, self.ruling, ledger, self.gauges, self.time)

    def write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")

    @property
    def asked(self) -> int:
        """How many approvals the rules in force ask."""
        return self.ruling.policy.rules[0].then.stages[0].count  # type: ignore[union-attr] # it denies nothing

    @property
    def broken(self) -> float | None:
        return self.gauges.registry.get_sample_value("countersign_policy_broken")


@pytest.fixture
def watched(tmp_path: Path, ledger: Ledger) -> Watched:
    return Watched(tmp_path, ledger)


async def test_a_changed_file_replaces_the_rules_and_is_recorded(watched: Watched, ledger: Ledger) -> None:
    watched.write(TWO)
    await watched.watch.look()
    await watched.watch.look()

    [replaced] = await rows(ledger, events)
    assert watched.asked == 2
    assert replaced["kind"] == "policy.replaced"
    assert set(replaced["facts"]["rules"]) == {"all", "rest"}


@pytest.mark.parametrize("broken", ["[[rule]]\n", "not toml", '[[rule]]\nname = "x"\napprovers = ["nobody-knows"]\n'])
async def test_a_broken_file_keeps_the_rules_and_alarms_until_it_is_mended(watched: Watched, broken: str) -> None:
    watched.write(broken)
    await watched.watch.look()
    assert (watched.asked, watched.broken) == (1, 1.0)

    watched.write(TWO)
    await watched.watch.look()
    assert (watched.asked, watched.broken) == (2, 0.0)


async def test_a_file_that_is_gone_keeps_the_rules(watched: Watched) -> None:
    watched.path.unlink()
    await watched.watch.look()

    assert (watched.asked, watched.broken) == (1, 1.0)


async def test_a_calendar_beside_it_that_changes_has_the_file_read_again(watched: Watched, tmp_path: Path) -> None:
    (tmp_path / "holidays.ics").write_text(CALENDAR, encoding="utf-8")
    watched.write(ONE.replace("[windows]\n", '[windows]\nholidays = { calendar = "holidays.ics", zone = "UTC" }\n'))
    await watched.watch.look()
    before = watched.ruling.policy
    (tmp_path / "holidays.ics").write_text(CALENDAR.replace("2026", "2027"), encoding="utf-8")
    await watched.watch.look()

    assert watched.ruling.policy != before


async def _ended(running: asyncio.Task[None]) -> None:
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_it_is_read_at_once_when_somebody_sends_sighup(watched: Watched) -> None:
    running = asyncio.create_task(watched.watch.run())
    await asyncio.sleep(0)
    stat = watched.path.stat()
    watched.write(TWO)
    os.utime(watched.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # nothing to be seen from outside
    os.kill(os.getpid(), signal.SIGHUP)
    while watched.asked != 2 or not await rows(watched.ledger, events):
        await watched.time.sleep(0)
    await _ended(running)


async def test_a_sighup_that_comes_while_the_process_stops_does_not_end_it(watched: Watched) -> None:
    running = asyncio.create_task(watched.watch.run())
    await asyncio.sleep(0)
    await _ended(running)
    os.kill(os.getpid(), signal.SIGHUP)
    assert watched.asked == 1

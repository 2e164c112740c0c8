"""A run that one version of the story began, and another one finishes: real processes, killed in between."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.store.ledger import Ledger
from tests.rooms.store.ledgers import opened_change

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def version(url: str, shape: str, held: str = "", again: str = "") -> AsyncIterator[asyncio.StreamReader]:
    """Run a version of the story in a process of its own, which is killed on leaving."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.rooms.engine.shapes", url, f"{shape}{held}", shape, held, again),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout
    try:
        yield process.stdout
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def killed_in(url: str, shape: str, held: str) -> list[str]:
    """Run ``shape`` until it stands in ``held``, and kill it; return the steps it ran."""
    lines = list[str]()
    async with version(url, shape, held) as said:
        async for line in said:
            if line.decode().strip() == f"{held}: held":
                return lines
            lines.append(line.decode().strip())
    pytest.fail(f"{shape} never came to {held}: {lines}")


async def finished_by(url: str, shape: str, *, again: str = "") -> list[str]:
    """Run ``shape`` to the end of the run; return what it said."""
    async with version(url, shape, again=again) as said:
        return [line.decode().strip() async for line in said]


@pytest.fixture
async def waiting(url: str, ledger: Ledger) -> str:
    """Open CR-1, whose run the first version queues."""
    async with ledger.writing() as book:
        await opened_change(book)
    return url


async def test_a_run_that_was_past_the_patch_is_finished_the_old_way(waiting: str) -> None:
    before = await killed_in(waiting, "old", "end")
    after = await finished_by(waiting, "new")

    assert before == ["begin", "check"]
    assert after == ["end", "took begin check end"]


async def test_a_run_that_had_not_got_there_takes_the_new_way(waiting: str) -> None:
    before = await killed_in(waiting, "old", "check")
    after = await finished_by(waiting, "new")

    assert before == ["begin"]
    assert after == ["look", "verify", "end", "took begin look verify end"]


async def test_a_new_run_takes_the_new_way_and_keeps_to_it_after_a_crash(waiting: str) -> None:
    before = await killed_in(waiting, "new", "verify")
    after = await finished_by(waiting, "new")

    assert before == ["begin", "look"]
    assert after == ["verify", "end", "took begin look verify end"]


@pytest.mark.parametrize(("began", "goes_on"), [("new", "old"), ("old", "unpatched")], ids=["back", "no patch"])
async def test_a_run_whose_steps_the_other_version_does_not_know_ends_and_can_begin_anew(
    waiting: str, began: str, goes_on: str
) -> None:
    await killed_in(waiting, began, "end")
    stuck = await finished_by(waiting, goes_on)
    anew = await finished_by(waiting, goes_on, again="x")

    steps = ["begin", "check", "end"] if goes_on == "old" else ["begin", "look", "verify", "end"]
    assert stuck == [f"other shape at {steps[1]}"]
    assert anew == [*steps, f"took {' '.join(steps)}"]

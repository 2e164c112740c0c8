"""A process that is told to stop ends, whatever holds it up."""

import asyncio
import signal
import sys

import pytest

from bot.signals import LEFT

PROGRAM = """
import asyncio, sys, threading
from bot.signals import until_signal

async def work(stop):
    print("ready", flush=True)
    await stop.wait()
    {stuck}

asyncio.run(until_signal(work, within={within}))
"""
STUCK = {
    "a thread": "await asyncio.to_thread(threading.Event().wait)",
    "the loop": "threading.Event().wait()",
    "the interpreter's end": "threading.Thread(target=threading.Event().wait).start()",
}

REPLACED = """
import asyncio, os, sys, threading
from bot.signals import after

async def work():
    after(0.2, lambda: os.execv(sys.executable, [sys.executable, "-c", "print('anew')"]))
    {stuck}

asyncio.run(work())
"""


async def told_to_stop(stuck: str, within: float | None, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM.format(stuck=stuck, within=within)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    await process.stdout.readline()
    process.send_signal(number)
    _, said = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize("stuck", STUCK.values(), ids=STUCK.keys())
async def test_what_would_never_end_is_cut_short(stuck: str) -> None:
    assert await told_to_stop(stuck, 0.2) == (0, f"{LEFT}\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("within", [None, 60.0])
async def test_what_ends_by_itself_is_left_alone(within: float | None, number: signal.Signals) -> None:
    assert await told_to_stop("pass", within, number) == (0, "")


@pytest.mark.parametrize("stuck", STUCK.values(), ids=STUCK.keys())
async def test_what_can_not_leave_becomes_another_program(stuck: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", REPLACED.format(stuck=stuck), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()

    assert (process.returncode, said.decode()) == (0, "anew\n")

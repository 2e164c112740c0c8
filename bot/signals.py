"""How a process is told to stop."""

import asyncio
import signal
from collections.abc import Awaitable, Callable


async def until_signal(work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Do ``work``, whose event is set when somebody presses Ctrl-C or sends SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await work(stop)

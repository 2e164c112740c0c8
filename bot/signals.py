"""How a process is told to stop, and that it does."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

LEFT = "stopping took too long and was cut short: whatever was under way goes on as after a crash"


async def until_signal(work: Callable[[asyncio.Event], Awaitable[None]], *, within: float | None = None) -> None:
    """Do ``work``, whose event is set when somebody presses Ctrl-C, sends SIGTERM or closes the terminal (SIGHUP).

    The process ends ``within`` so many seconds after that, whatever holds ``work`` or a thread of it up: a library that
    tries an absent database again and again, say. It ends with code 0 then, too: it was told to, and nothing is lost.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        if within is not None and not stop.is_set():
            after(within, _leave)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told)
    await work(stop)


def after(seconds: float, action: Callable[[], object]) -> None:
    """Do ``action`` once so many ``seconds`` are over, whatever holds the loop up, unless the process ended before."""
    watch = threading.Timer(seconds, action)  # a thread, since the loop itself may be held up
    watch.daemon = True
    watch.start()


def _leave() -> None:
    sys.stderr.write(f"{LEFT}\n")
    sys.stderr.flush()
    os._exit(0)

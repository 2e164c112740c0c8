"""Whether a bot whose work others took over begins anew."""

import asyncio
import threading
from io import StringIO

from rich.console import Console

from bot.config import Settings
from bot.life import Life
from tests.unit.test_config import REQUIRED

ENOUGH = 30.0  # seconds in which a thread begins on a slow machine


async def test_a_stop_that_comes_while_a_replaced_bot_leaves_is_not_forgotten() -> None:
    life = Life(Settings.from_env(REQUIRED), None, Console(file=StringIO()))
    life.ready.set()
    life.replaced.set()
    anew = life.starts_anew()
    stop = asyncio.Event()
    stop.set()
    await life.until(stop)

    assert (anew, life.starts_anew()) == (True, False)


async def test_a_bot_that_is_only_told_to_stop_does_not_begin_anew() -> None:
    life = Life(Settings.from_env(REQUIRED), None, Console(file=StringIO()))
    stop = asyncio.Event()
    stop.set()
    await life.until(stop)

    assert not life.starts_anew()


def test_a_replaced_bot_that_can_not_leave_begins_anew_all_the_same() -> None:
    begun = threading.Event()
    life = Life(Settings.from_env(REQUIRED), None, Console(file=StringIO()), begun.set, leave_seconds=0.0)
    life.leave_to_others()

    assert begun.wait(ENOUGH)

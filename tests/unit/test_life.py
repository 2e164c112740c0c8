"""Whether a bot whose work others took over begins anew."""

import asyncio
from io import StringIO

from rich.console import Console

from bot.config import Settings
from bot.life import Life
from tests.unit.test_config import REQUIRED


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

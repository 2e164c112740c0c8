"""A replica that leads, and what it keeps up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.starts import Start
from bot.engine.durable import Durable
from bot.engine.standing import Standing
from bot.gauges import Gauges
from bot.store.ledger import Ledger
from bot.upkeep import Upkeep
from tests.rooms.engine.world import World


@asynccontextmanager
async def kept_up(made: World, ledger: Ledger, durable: Durable, gauges: Gauges | None = None) -> AsyncIterator[Upkeep]:
    """Yield the upkeep of a replica that leads."""
    standing = Standing(ledger, made.time, replica="keeper", alone=False)
    await standing.join()
    changes = made.changes()
    gauges = gauges or Gauges()
    yield Upkeep(
        ledger=ledger,
        standing=standing,
        durable=durable,
        changes=changes,
        ruling=made.ruling(),
        gauges=gauges,
        clock=made.time,
    )


async def approved(made: World, durable: Durable, start: Start | None = None) -> None:
    """Let a change be asked for and approved."""
    change = await made.asked(start=start)
    await made.decisions(enqueue=durable.enqueue).approve(await made.click(change))

"""Prints what happens, and when, after one of two replicas is killed in the middle of a run.

``python -m tests.takeover`` starts a PostgreSQL, both halves of the sandbox and two real bots, and kills -9 the one
that follows the cloud's task. Times are seconds since the kill, by this machine's clock.
"""

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from time import time

import httpx

from bot.sandbox.world import world
from tests.postgres import fresh_database, own_server
from tests.story.backends import write_seed
from tests.story.cloud_side import POLL
from tests.story.conftest import setting
from tests.story.crew import Crew, SharedRecord

KINDS = (
    "change.approve",
    "change.start",
    "call.about_to",
    "call.answered",
    "replica.buried",
    "step.verifying",
    "change.succeed",
)


async def main() -> None:
    """Tell the story."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(fresh_database(stack.enter_context(own_server())))
        opened = await stack.enter_async_context(world(folder, seed=write_seed(folder)))
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30))
        made = setting(opened, http, 1) | {"record": SharedRecord(Path(), url)}
        crew = Crew(**made, world=opened, url_of_database=url)
        await crew.open()
        bots = await crew.bots(count=2)
        card, holder = await crew.asked_and_held(bots, POLL)
        await bots[holder].kill()
        killed = time()
        await crew.cloud.release()
        result = await crew.result(card)
        _tell(crew, killed, ["first", "second"][holder])
        lines = [f"{time() - killed:+6.1f} s  the result stands in the thread:", *result.splitlines()]
        sys.stdout.write("\n".join([lines[0], *(f"            {line}" for line in lines[1:])]) + "\n")


def _tell(crew: Crew, killed: float, who: str) -> None:
    marks = ", ".join("?" * len(KINDS))
    rows = crew.record.rows(f"SELECT at, kind FROM events WHERE kind IN ({marks}) ORDER BY id", *KINDS)  # noqa: S608
    told = sorted([*rows, (killed, f"kill -9 of the {who} replica, which follows the cloud's task")])
    for at, what in told:
        sys.stdout.write(f"{at - killed:+6.1f} s  {what}\n")


if __name__ == "__main__":
    asyncio.run(main())

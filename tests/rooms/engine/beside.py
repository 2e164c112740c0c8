"""What a test sees of a PostgreSQL while others are at work on it, from the loop that it runs on."""

import asyncio

import psycopg

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def waiting(url: str, least: int, work: asyncio.Task[None] | None = None) -> None:
    """Return once so many sessions wait for a lock, or never will, as ``work`` is over."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as looking:
        while not (work and work.done()):
            found = await (await looking.execute(WAITING)).fetchone()
            if found and found[0] >= least:
                return

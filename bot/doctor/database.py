"""The database: a file that one process owns, or a PostgreSQL that replicas share."""

import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

from bot import texts
from bot.doctor.finding import Finding, Teller
from bot.engine.durable import CONNECTIONS
from bot.engine.ports import Clock
from bot.store import chain, postgresql, server
from bot.store.database import InUse, is_sqlite, open_database, owning, place, sqlite_path
from bot.store.ledger import Ledger, NotStored
from bot.store.migrate import NewerDatabase, NotADatabase, revisions
from bot.store.server import Server

NAME = "database"
SKEW_MOST = 60.0  # seconds; replicas whose clocks differ disagree about when a change expires
EACH = postgresql.POOL + CONNECTIONS  # connections that one replica may have open


async def examine_database(url: str, tell: Teller, clock: Clock) -> AsyncIterator[Finding]:
    """Yield what is found at ``url``; nothing is changed there, and no finding shows the password."""
    if is_sqlite(url):
        yield await _file(url, tell)
        if await _is_current(url):
            yield await _guards(url, tell)
        return
    where = place(url)
    try:
        now, newest = await revisions(url)
        seen, skew = await _look(url, clock)
    except NotADatabase as error:
        yield _unreachable(where, error, tell)
        return
    except NotStored as error:
        yield tell.bad(NAME, "server_away", path=where, why=error)
        return
    except NewerDatabase as newer:
        yield tell.bad(NAME, "database_newer", path=where, now=newer.now, newest=newer.newest)
        return
    yield _revision(now, newest, where, seen, tell)
    yield _rights(seen, tell, complete=now == newest)
    yield _connections(seen, tell)
    yield _clock(skew, tell)
    yield _replicas(seen, clock, tell)
    if now == newest:
        yield await _guards(url, tell)


async def _is_current(url: str) -> bool:
    try:
        now, newest = await revisions(url)
    except (NotADatabase, NewerDatabase, OSError):  # told already
        return False
    return now == newest


async def _guards(url: str, tell: Teller) -> Finding:
    """Look whether the record can only be added to."""
    ledger = Ledger(open_database(url))
    try:
        async with ledger.reading() as book:
            unguarded = await book.run_sync(chain.unguarded)
    except NotStored as error:
        return tell.bad("record", "record_unread", why=error)
    finally:
        await ledger.close()
    if unguarded:
        return tell.bad("record", "record", tables=", ".join(unguarded))
    return tell.good("record", "record")


async def _look(url: str, clock: Clock) -> tuple[Server, float]:
    """Return what the server says of itself, and by how many seconds its clock is ahead of ours."""
    ledger = Ledger(open_database(url))
    try:
        async with ledger.reading() as book:
            before = clock.now()
            seen = await server.look(book)
            return seen, seen.now - (before + clock.now()) / 2
    finally:
        await ledger.close()


def _unreachable(where: str, error: NotADatabase, tell: Teller) -> Finding:
    why = " ".join(error.why.split())  # the driver tells of each address of a host on lines of its own
    if error.passing:
        return tell.bad(NAME, "server_away", path=where, why=why)
    return tell.bad(NAME, "server_refuses", path=where, why=why)


def _revision(now: str | None, newest: str, where: str, seen: Server, tell: Teller) -> Finding:
    if now is None:
        return tell.good(NAME, "database_new", path=where)
    if now != newest:
        return tell.bad(NAME, "database_old", path=where, now=now, newest=newest)
    return tell.good(NAME, "server", path=where, revision=now, version=seen.version)


def _rights(seen: Server, tell: Teller, *, complete: bool) -> Finding:
    """Look at the rights to make what is not there yet; ``complete`` says that our own tables are."""
    name, schemas = "database rights", seen.may_make_schemas or seen.has_engine
    if not schemas or not (complete or seen.may_make_tables):
        return tell.bad(name, "rights", user=seen.user)
    if not (seen.may_make_schemas and seen.may_make_tables):
        return tell.good(name, "rights_later", user=seen.user)
    return tell.good(name, "rights", user=seen.user)


def _connections(seen: Server, tell: Teller) -> Finding:
    living = len(seen.living)
    facts = {"usable": seen.usable, "each": EACH, "living": living, "most": seen.usable // EACH}
    if seen.usable < EACH * max(living, 1):
        return tell.bad("database connections", "connections", **facts)
    return tell.good("database connections", "connections", **facts)


def _clock(skew: float, tell: Teller) -> Finding:
    if abs(skew) > SKEW_MOST:
        return tell.bad("database clock", "server_clock", seconds=round(skew))
    return tell.good("database clock", "server_clock", seconds=round(skew))


def _replicas(seen: Server, clock: Clock, tell: Teller) -> Finding:
    if not seen.living:
        return tell.good("replicas", "no_replicas")
    ages = {one.id: max(0, round(clock.now() - one.started_at)) for one in seen.living}
    who = (
        texts.say(tell.language, "doctor/replica_age", replica=one, hours=age // 3600, minutes=age % 3600 // 60)
        for one, age in ages.items()
    )
    return tell.good("replicas", "replicas", count=len(ages), who=", ".join(who))


async def _file(url: str, tell: Teller) -> Finding:
    path = sqlite_path(url)
    try:
        return await _file_revision(url, path, tell) if path.exists() else _no_file(path, tell)
    except InUse:
        return tell.good(NAME, "database_in_use", path=path)
    except OSError as error:
        return tell.bad(NAME, "database", path=path, why=error.strerror)
    except NotADatabase as error:
        return tell.bad(NAME, "database", path=path, why=error.why)
    except NewerDatabase as newer:
        return tell.bad(NAME, "database_newer", path=path, now=newer.now, newest=newer.newest)


async def _file_revision(url: str, path: Path, tell: Teller) -> Finding:
    with owning(url):
        now, newest = await revisions(url)
    if now == newest:
        return tell.good(NAME, "database", path=path, revision=now)
    return tell.bad(NAME, "database_old", path=path, now=now or "-", newest=newest)


def _no_file(path: Path, tell: Teller) -> Finding:
    """Look at the folder only: taking the lock would leave a file behind."""
    folder = path.resolve().parent
    folder.stat()
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return tell.good(NAME, "database_new", path=path)

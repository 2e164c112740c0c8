"""Bringing the database to the declared tables."""

import asyncio
from contextlib import nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import DBAPIError

from bot.store import postgresql
from bot.store.database import is_sqlite, place, sqlite_path, sync_url
from bot.store.wire import CONNECT_SECONDS

BEFORE = "-1"  # as alembic has it: the revision before the current one


class NotADatabase(Exception):
    """It can't be opened as a database; ``why`` is the database's own word.

    ``passing`` says that the same try may go through later: a server is away, or just starting.
    """

    def __init__(self, error: DBAPIError, *, passing: bool = False) -> None:
        super().__init__(str(error.orig))
        self.why = str(error.orig)
        self.passing = passing


class NewerDatabase(Exception):
    """A later version made its tables: this one doesn't know revision ``now``, only those up to ``newest``.

    ``place`` is the path of its file, or its URL without the password.
    """

    def __init__(self, place: str, *, now: str, newest: str) -> None:
        super().__init__(place, now, newest)
        self.place = place
        self.now = now
        self.newest = newest


class UnknownRevision(Exception):
    """This version has no revision ``asked``, or none before the current one; it has ``known``, the oldest first."""

    def __init__(self, asked: str, known: tuple[str, ...]) -> None:
        super().__init__(asked, known)
        self.asked = asked
        self.known = known


def migrations() -> Path:
    """Return where the migrations lie: in the installed package, or beside it in a checkout."""
    packaged = Path(__file__).resolve().parents[1] / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str) -> Config:
    """Return alembic's configuration for the database at ``url``."""
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.set_main_option("sqlalchemy.url", sync_url(url).replace("%", "%%"))
    return config


async def migrate(url: str) -> None:
    """Upgrade the database at ``url`` to the newest revision; harmless when it is there already.

    Raises:
        NewerDatabase: a later version made it.
        NotADatabase: it can't be opened.
    """
    try:
        await asyncio.to_thread(upgrade, url)
    except DBAPIError as error:
        raise _unusable(url, error) from error


def upgrade(url: str) -> None:
    """Do what ``migrate`` does, in the calling thread; on PostgreSQL one process at a time."""
    if _is_behind(url):  # else nobody is waited for, and who may read and write, but not make tables, starts as well
        with nullcontext() if is_sqlite(url) else postgresql.migrating(sync_url(url)):
            if _is_behind(url):  # still, now that no other process is at it
                command.upgrade(alembic_config(url), "head")
    if is_sqlite(url):
        _switch_to_wal(url)


def _is_behind(url: str) -> bool:
    """Say whether tables are to be made; a newer database is told as such, not as alembic's riddle."""
    now, newest = _revisions(url)
    return now != newest


def known_revisions(url: str) -> tuple[str, ...]:
    """Return this version's revisions, the oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config(url))
    return tuple(reversed([script.revision for script in scripts.walk_revisions()]))


def target(asked: str, *, now: str | None, known: tuple[str, ...]) -> str:
    """Return the revision that ``asked`` means: one of ``known``, or ``-1`` for the one before ``now``.

    Raises:
        UnknownRevision: there is none.
    """
    wanted = asked
    if asked == BEFORE:
        place = known.index(now) if now is not None else 0
        wanted = known[place - 1] if place else asked
    if wanted not in known:
        raise UnknownRevision(asked, known)
    return wanted


async def move(url: str, to: str) -> None:
    """Take the database at ``url`` up or down to the revision ``to``, one of ``known_revisions``.

    What a later revision added is gone after the way down, with all that stands in it.

    Raises:
        NewerDatabase: a later version made it.
        NotADatabase: it can't be opened.
    """
    try:
        await asyncio.to_thread(_move, url, to)
    except DBAPIError as error:
        raise _unusable(url, error) from error


def _move(url: str, to: str) -> None:
    known = known_revisions(url)
    with nullcontext() if is_sqlite(url) else postgresql.migrating(sync_url(url)):
        now, _ = _revisions(url)
        down = now is not None and known.index(to) < known.index(now)
        (command.downgrade if down else command.upgrade)(alembic_config(url), to)
    if is_sqlite(url):
        _switch_to_wal(url)


def _switch_to_wal(url: str) -> None:
    """Do it once and for all: it stays with the file, and two connections that switch at once lock each other."""
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    finally:
        engine.dispose()


async def revisions(url: str) -> tuple[str | None, str]:
    """Return the revision of the database at ``url`` (None: empty) and the newest one; nothing is changed.

    Raises:
        NewerDatabase: a later version made it.
        NotADatabase: it can't be opened.
    """
    try:
        return await asyncio.to_thread(_revisions, url)
    except DBAPIError as error:
        raise _unusable(url, error) from error


def _revisions(url: str) -> tuple[str | None, str]:
    scripts = ScriptDirectory.from_config(alembic_config(url))
    newest = scripts.get_current_head() or ""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return None, newest
    wire = {} if is_sqlite(url) else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(sync_url(url), poolclass=pool.NullPool, connect_args=wire)
    try:
        with engine.connect() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabase(place(url), now=now, newest=newest)
    return now, newest


def _unusable(url: str, error: DBAPIError) -> NotADatabase:
    return NotADatabase(error, passing=not is_sqlite(url) and postgresql.is_passing(error))

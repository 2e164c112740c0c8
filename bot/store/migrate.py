"""Bringing the database to the declared tables."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import DBAPIError

from bot.store.database import sqlite_path


class NotADatabase(Exception):
    """The file can't be opened as a database; ``why`` is SQLite's own word."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(str(error.orig))
        self.why = str(error.orig)


class NewerDatabase(Exception):
    """A later version made its tables: this one doesn't know revision ``now``, only those up to ``newest``."""

    def __init__(self, path: Path, *, now: str, newest: str) -> None:
        super().__init__(path, now, newest)
        self.path = path
        self.now = now
        self.newest = newest


def migrations() -> Path:
    """Return where the migrations lie: in the installed package, or beside it in a checkout."""
    packaged = Path(__file__).resolve().parents[1] / "migrations"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "migrations"


def alembic_config(url: str) -> Config:
    """Return alembic's configuration for the database at ``url`` (synchronous driver)."""
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
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
        raise NotADatabase(error) from error


def upgrade(url: str) -> None:
    """Do what ``migrate`` does, in the calling thread."""
    _revisions(url)  # a newer database is told as such, not as alembic's riddle
    command.upgrade(alembic_config(url), "head")
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            # Once and for all: it stays with the file, and two connections that switch at once lock each other.
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
        raise NotADatabase(error) from error


def _revisions(url: str) -> tuple[str | None, str]:
    scripts, path = ScriptDirectory.from_config(alembic_config(url)), sqlite_path(url)
    newest = scripts.get_current_head() or ""
    if not path.exists():
        return None, newest
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    if now is not None and now not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabase(path, now=now, newest=newest)
    return now, newest

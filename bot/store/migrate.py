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
        NotADatabase: it can't be opened.
    """
    try:
        await asyncio.to_thread(upgrade, url)
    except DBAPIError as error:
        raise NotADatabase(error) from error


def upgrade(url: str) -> None:
    """Do what ``migrate`` does, in the calling thread."""
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
        NotADatabase: it can't be opened.
    """
    try:
        return await asyncio.to_thread(_revisions, url)
    except DBAPIError as error:
        raise NotADatabase(error) from error


def _revisions(url: str) -> tuple[str | None, str]:
    newest = ScriptDirectory.from_config(alembic_config(url)).get_current_head() or ""
    if not sqlite_path(url).exists():
        return None, newest
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision(), newest
    finally:
        engine.dispose()

"""Bringing the database to the declared tables."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from bot.store.database import sqlite_path


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
    """Upgrade the database at ``url`` to the newest revision; harmless when it is there already."""
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")


async def revisions(url: str) -> tuple[str | None, str]:
    """Return the revision of the database at ``url`` (None: empty) and the newest one; nothing is changed."""
    return await asyncio.to_thread(_revisions, url)


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

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from bot.store.migrate import alembic_config, migrate, revisions
from bot.store.tables import metadata


def inspect(url: str) -> sa.Inspector:
    return sa.inspect(sa.create_engine(url, poolclass=sa.NullPool))


def test_the_migrations_make_exactly_the_declared_tables(tmp_path: Path) -> None:
    config = alembic_config(f"sqlite:///{tmp_path}/a.db")

    command.upgrade(config, "head")

    command.check(config)  # raises where the declared tables differ from what the migrations made


def test_downgrading_to_nothing_leaves_no_table_of_ours_and_upgrading_again_works(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    config = alembic_config(url)

    command.upgrade(config, "head")
    command.downgrade(config, "base")
    left = set(inspect(url).get_table_names()) & metadata.tables.keys()
    command.upgrade(config, "head")

    assert left == set()
    assert metadata.tables.keys() <= set(inspect(url).get_table_names())


def test_a_change_number_is_never_given_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    command.upgrade(alembic_config(url), "head")

    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        made = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'changes'")).scalar_one()

    assert "AUTOINCREMENT" in made


async def test_migrating_twice_is_harmless_and_the_revision_can_be_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"

    before = await revisions(url)
    await migrate(url)
    await migrate(url)
    after = await revisions(url)

    assert before == (None, "0001")
    assert after == ("0001", "0001")

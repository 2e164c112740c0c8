"""A chain of hashes over the events, and triggers that let events be added and nothing else.

Revision: 0003, after 0002. What there is is linked as it is found, and an event says so: before this nothing shows
whether a row was changed. Replicas of the version before write events as they did; the next writer links them.
"""

import secrets
import time

import sqlalchemy as sa
from alembic import op

from bot.store.chain import TABLES, WAYS, extend, genesis
from bot.store.postgresql import WRITING

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

THERE_ALREADY = {
    "events": "EXISTS (SELECT 1 FROM events WHERE id = NEW.id)",
    "links": "EXISTS (SELECT 1 FROM links WHERE number = NEW.number OR event = NEW.event)",
}
FUNCTION = "refuse_all_but_added_rows"


def upgrade() -> None:
    op.create_table(
        "links",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_links")),
        sa.UniqueConstraint("event", name=op.f("uq_links_event")),
    )
    chain = op.create_table(
        "chain",
        sa.Column("installation", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("installation", name=op.f("pk_chain")),
    )
    installation = secrets.token_hex(32)
    row = {"installation": installation, "length": 0, "event": 0, "head": genesis(installation)}
    op.get_bind().execute(sa.insert(chain).values(row))
    _link_what_is_there()
    _keep_the_row()
    for table in TABLES:  # last: on PostgreSQL they hold up whoever writes until all this is committed
        _guard(table)


def _link_what_is_there() -> None:
    bind = op.get_bind()
    found = extend(bind)
    if bind.dialect.name == "postgresql":  # what a replica is just writing has its number already: wait for it
        bind.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITING})
        found += extend(bind)
    if found:
        insert = sa.text(
            "INSERT INTO events (at, actor, kind, facts) VALUES (:at, 'countersign', 'chain.begun', :said)"
        )
        said = {"at": time.time(), "said": {"linked_as_found": found}}
        bind.execute(insert.bindparams(sa.bindparam("said", type_=sa.JSON())), said)
        extend(bind)


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        says = f"SELECT RAISE(ABORT, '{table} are only added to: a row is never changed or deleted');"
        for name, way in WAYS.items():
            when = f"WHEN {THERE_ALREADY[table]}" if name == "replace" else ""
            op.execute(f"CREATE TRIGGER {table}_only_added_{name} BEFORE {way} ON {table} {when} BEGIN {says} END")
        return
    op.execute(
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )


def _keep_the_row() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER chain_keeps_its_row BEFORE DELETE ON chain "
            "BEGIN SELECT RAISE(ABORT, 'the row of chain is never deleted'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% are only added to, so % is refused', TG_TABLE_NAME, TG_OP; END $$"
    )
    op.execute(
        "CREATE TRIGGER chain_keeps_its_row BEFORE DELETE OR TRUNCATE ON chain "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name in WAYS if is_sqlite else ():
        op.execute(f"DROP TRIGGER events_only_added_{name}")
    if not is_sqlite:
        op.execute("DROP TRIGGER events_only_added ON events")
    op.drop_table("chain")
    op.drop_table("links")
    if not is_sqlite:
        op.execute(f"DROP FUNCTION {FUNCTION}()")

"""Replicas on one database: who lives, who works on what, whose turn it is.

Revision: 0002, after 0001. What a version before it left open runs on: rows without a replica are anybody's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = (
    ("intake", sa.Column("replica", sa.String(length=64), nullable=True)),
    ("changes", sa.Column("turn", sa.Integer(), nullable=True)),
    ("posts", sa.Column("replica", sa.String(length=64), nullable=True)),
)


def upgrade() -> None:
    op.create_table(
        "replicas",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("buried_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_replicas")),
        sa.UniqueConstraint("id", name=op.f("uq_replicas_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "paces",
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("action", name=op.f("pk_paces")),
    )
    for table, column in ADDED:
        op.add_column(table, column)
    op.execute("UPDATE changes SET turn = id WHERE state IN ('APPROVED', 'RUNNING')")


def downgrade() -> None:
    for table, column in reversed(ADDED):
        op.drop_column(table, column.name)
    op.drop_table("paces")
    op.drop_table("replicas")

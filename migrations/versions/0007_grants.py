"""What people approved in advance.

Revision: 0007, after 0006. A version before it neither gives grants nor counts
them: what is asked of one opens as any change did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intake", sa.String(64), nullable=False),
        sa.Column("giver", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("load_balancer", sa.String(64), nullable=False),
        sa.Column("listener", sa.String(64), nullable=False),
        sa.Column("backends", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.Float(), nullable=True),
        sa.Column("revoked_by", sa.String(32), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["intake"], ["intake.key"], name="fk_grants_intake_intake"),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("intake", name="uq_grants_intake"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_grants_load_balancer", "grants", ["load_balancer"])


def downgrade() -> None:
    op.drop_table("grants")

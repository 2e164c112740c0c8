"""Load balancers that people froze, and who lifted it.

Revision: 0005, after 0004. A version before it doesn't look here: until the
last replica of one is gone, a freeze keeps only newer ones from calling.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "freezes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intake", sa.String(64), nullable=False),
        sa.Column("load_balancer", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.Column("lifted_at", sa.Float(), nullable=True),
        sa.Column("lifted_by", sa.String(32), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["intake"], ["intake.key"], name="fk_freezes_intake_intake"),
        sa.PrimaryKeyConstraint("id", name="pk_freezes"),
        sa.UniqueConstraint("intake", name="uq_freezes_intake"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_freezes_load_balancer", "freezes", ["load_balancer"])


def downgrade() -> None:
    op.drop_table("freezes")

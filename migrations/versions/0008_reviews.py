"""The reviews of what ran without approval.

Revision: 0008, after 0007. A replica of the version before knows no emergencies: one that it runs it hands back to
people, who are asked under the ordinary rule.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("change", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.Float(), nullable=False),
        sa.Column("use", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("period", sa.Float(), nullable=False),
        sa.Column("signed_at", sa.Float(), nullable=True),
        sa.Column("signed_by", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["change"], ["changes.id"], name=op.f("fk_reviews_change_changes")),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_opened_at"), "reviews", ["opened_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reviews_opened_at"), "reviews")
    op.drop_table("reviews")

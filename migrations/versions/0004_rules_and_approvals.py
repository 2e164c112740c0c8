"""Under which rule a change is asked about, and who approved it.

Revision: 0004, after 0003. What a version before it left open runs on: a change
without a rule is under the default one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("rule", sa.JSON(), nullable=True))
    op.add_column("changes", sa.Column("approvals", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("changes", "approvals")
    op.drop_column("changes", "rule")

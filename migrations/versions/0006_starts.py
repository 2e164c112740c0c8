"""When an approved change starts, where that is not at once.

Revision: 0006, after 0005. What is open starts as before: at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("starts_at", sa.Float(), nullable=True))
    op.add_column("changes", sa.Column("window", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("changes", "window")
    op.drop_column("changes", "starts_at")

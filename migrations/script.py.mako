"""${message}.

Revision: ${up_revision}, after ${down_revision | comma,n}.

Before you write this migration: the previous release runs beside the new one during a deploy, so add first, remove a
release later; SQLite locks the whole file while it runs, PostgreSQL the table: keep it short.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}

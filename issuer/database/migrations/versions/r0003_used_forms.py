"""Forms that were sent once, so that a second sending does nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of used forms."""
    op.create_table(
        "used_forms",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )

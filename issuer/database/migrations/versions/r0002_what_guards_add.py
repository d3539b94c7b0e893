"""Rows that speak of another row, and what a guard added to one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns to the passages, and the way from a passage to what speaks of it."""
    op.add_column("passages", sa.Column("about", sa.LargeBinary))
    op.add_column("passages", sa.Column("observed", sa.Text, nullable=False, server_default=""))
    op.create_index("passages_about", "passages", ["station", "about"])

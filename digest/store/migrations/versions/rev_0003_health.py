"""What is told of a source's health: since when it fails, when not to ask, what it shares."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns more, one table more."""
    op.add_column("source_states", sa.Column("failed_since", sa.DateTime()))
    op.add_column("source_states", sa.Column("not_before", sa.DateTime()))
    op.create_table(
        "shared_entries",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["entries.id"],
            name="fk_shared_entries_entry_id_entries",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_id", "entry_id", name="pk_shared_entries"),
    )

"""The pause a feed asks for; entries found again by what their source called them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column more, two indexes more."""
    op.add_column("source_states", sa.Column("ttl", sa.Integer()))
    op.create_index("ix_entries_source_id_guid", "entries", ["source_id", "guid"])
    op.create_index("ix_entries_source_id_url", "entries", ["source_id", "url"])

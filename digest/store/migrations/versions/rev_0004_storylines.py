"""What is remembered of stories, and storylines that were merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables more; the storyline of a story is told by ``storyline_stories`` alone."""
    op.drop_column("stories", "storyline_id")
    op.create_table(
        "storyline_merges",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("merged_id", sa.Text(), nullable=False),
        sa.Column("storyline_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", "merged_id", name="pk_storyline_merges"),
    )
    op.create_index(
        "ix_storyline_merges_newsletter_storyline_id",
        "storyline_merges",
        ["newsletter", "storyline_id"],
    )
    op.create_table(
        "gists",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("further", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("newsletter", "story_id", name="pk_gists"),
    )
    op.create_index("ix_gists_newsletter_last", "gists", ["newsletter", "last"])

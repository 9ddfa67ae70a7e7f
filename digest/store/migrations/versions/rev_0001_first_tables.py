"""The first tables: sources, entries, judgement, stories, issues, deliveries, reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All tables of the first program, and the full-text index."""
    _source_states()
    _entries()
    _revisions()
    _search_index()
    _judgements()
    _vectors()
    _corrections()
    _stories()
    _story_entries()
    _story_merges()
    _storylines()
    _storyline_stories()
    _issues()
    _citations()
    _overrides()
    _recipients()
    _deliveries()
    _reports()


def _source_states() -> None:
    op.create_table(
        "source_states",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("moved_to", sa.Text()),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime()),
        sa.Column("checked_at", sa.DateTime()),
        sa.Column("succeeded_at", sa.DateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_states"),
    )


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("date", sa.DateTime(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.Column("last_seen", sa.DateTime(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text()),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("paraphrase", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
    )
    op.create_index("ix_entries_date", "entries", ["date"])
    op.create_index("ix_entries_first_seen", "entries", ["first_seen"])


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], ondelete="CASCADE", name="fk_revisions_entry_id_entries"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.UniqueConstraint("entry_id", "fingerprint", name="uq_revisions_entry_id_fingerprint"),
        sqlite_autoincrement=True,
    )


def _search_index() -> None:
    # Contentless: the words only, keyed by revisions.id; the text itself stands in revisions.
    op.execute(
        "CREATE VIRTUAL TABLE entries_fts USING fts5("
        "title, text, content='', tokenize='unicode61 remove_diacritics 2')"
    )


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("also", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], ondelete="CASCADE", name="fk_judgements_entry_id_entries"
        ),
        sa.PrimaryKeyConstraint("entry_id", "fingerprint", "version", name="pk_judgements"),
    )


def _vectors() -> None:
    op.create_table(
        "vectors",
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", name="pk_vectors"),
    )


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_newsletter", "corrections", ["newsletter"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("also", sa.Text(), nullable=False),
        sa.Column("storyline_id", sa.Text()),
        sa.PrimaryKeyConstraint("newsletter", "id", name="pk_stories"),
    )


def _story_entries() -> None:
    op.create_table(
        "story_entries",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["entries.id"],
            ondelete="CASCADE",
            name="fk_story_entries_entry_id_entries",
        ),
        sa.PrimaryKeyConstraint("newsletter", "entry_id", name="pk_story_entries"),
    )
    op.create_index(
        "ix_story_entries_newsletter_story_id", "story_entries", ["newsletter", "story_id"]
    )


def _story_merges() -> None:
    op.create_table(
        "story_merges",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("merged_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", "merged_id", name="pk_story_merges"),
    )
    op.create_index(
        "ix_story_merges_newsletter_story_id", "story_merges", ["newsletter", "story_id"]
    )


def _storylines() -> None:
    op.create_table(
        "storylines",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", "id", name="pk_storylines"),
    )


def _storyline_stories() -> None:
    op.create_table(
        "storyline_stories",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("storyline_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "newsletter", "storyline_id", "story_id", name="pk_storyline_stories"
        ),
    )
    op.create_index(
        "ix_storyline_stories_newsletter_story_id", "storyline_stories", ["newsletter", "story_id"]
    )


def _issues() -> None:
    op.create_table(
        "issues",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("draft_hash", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_hash", sa.Text()),
        sa.PrimaryKeyConstraint("newsletter", "day", name="pk_issues"),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
    )


def _citations() -> None:
    op.create_table(
        "citations",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("issue", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text()),
        sa.PrimaryKeyConstraint("newsletter", "issue", "entry_id", name="pk_citations"),
    )
    op.create_index("ix_citations_newsletter_entry_id", "citations", ["newsletter", "entry_id"])


def _overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("issue", sa.Date(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("entry_ids", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_overrides"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_overrides_newsletter_issue", "overrides", ["newsletter", "issue"])


def _recipients() -> None:
    op.create_table(
        "recipients",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("newsletter", "address", name="pk_recipients"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("issue", sa.Date(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("changed_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("newsletter", "issue", "address", name="pk_deliveries"),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'sent', 'failed', 'unknown')", name="state"
        ),
    )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_newsletter_verb", "reports", ["newsletter", "verb"])

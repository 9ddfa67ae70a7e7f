"""The tables, as SQLAlchemy sees them; ``migrations/`` makes them, and a test compares the two.

Every key of an issue, delivery, override, correction, story and report contains the newsletter.
Entries, judgements and vectors are facts about texts and are shared by all newsletters.

The full-text index ``entries_fts`` is SQLite's FTS5. It keeps no copy of the text: its row number
is ``revisions.id``, and since a revision never changes, the index never has to forget one; a
search joins the revision that is current.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from digest.deliveries import DeliveryState
from digest.model import Certainty, Ownership
from digest.store.columns import Choice, CleanText, Reasons, Seconds, Strings, UtcTime

REVISION = "0004"
"""The newest migration, known here so that opening a current database need not load alembic."""

SEARCH_INDEX = (
    "CREATE VIRTUAL TABLE entries_fts USING fts5("
    "title, text, content='', tokenize='unicode61 remove_diacritics 2')"
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

source_states = Table(
    "source_states",
    metadata,
    Column("source_id", CleanText, primary_key=True),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("body_hash", CleanText),
    Column("ttl", Seconds),
    Column("moved_to", CleanText),
    Column("gone", Boolean, nullable=False),
    Column("due_at", UtcTime),
    Column("checked_at", UtcTime),
    Column("succeeded_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("failed_since", UtcTime),
    Column("not_before", UtcTime),
    Column("error", CleanText),
)

# --- entries -----------------------------------------------------------------------------------

entries = Table(
    "entries",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("source_id", CleanText, nullable=False),
    Column("url", CleanText),
    Column("publisher", CleanText, nullable=False),
    Column("lang", CleanText, nullable=False),
    Column("date", UtcTime, nullable=False),
    Column("certainty", Choice(Certainty), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("fingerprint", CleanText, nullable=False),
    Column("guid", CleanText),
    Column("authors", Strings, nullable=False),
    Column("tags", Strings, nullable=False),
    Column("ownership", Choice(Ownership)),
    Column("country", CleanText),
    Column("weight", Float, nullable=False),
    Column("section", CleanText),
    Column("paraphrase", Boolean, nullable=False),
    Column("sample", Boolean, nullable=False),
    Index(None, "date"),
    Index(None, "first_seen"),
    # How a report is found again when its source changes its addresses or its guids.
    Index(None, "source_id", "guid"),
    Index(None, "source_id", "url"),
)

shared_entries = Table(
    "shared_entries",
    metadata,
    # Which other sources brought an entry, too: the first one owns it.
    Column("source_id", CleanText, primary_key=True),
    Column("entry_id", CleanText, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
)

revisions = Table(
    "revisions",
    metadata,
    # AUTOINCREMENT: a number is never used again, for the full-text index is keyed by it.
    Column("id", Integer, primary_key=True),
    Column("entry_id", CleanText, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False),
    Column("fingerprint", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    UniqueConstraint("entry_id", "fingerprint"),
    sqlite_autoincrement=True,
)

# --- judgement ---------------------------------------------------------------------------------

judgements = Table(
    "judgements",
    metadata,
    Column("entry_id", CleanText, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", CleanText, primary_key=True),
    Column("version", CleanText, primary_key=True),
    Column("lang", CleanText, nullable=False),
    Column("names", Strings, nullable=False),
    Column("section", CleanText, nullable=False),
    Column("score", Float, nullable=False),
    Column("also", Strings, nullable=False),
    Column("reasons", Reasons, nullable=False),
    Column("decided_by", CleanText, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("text_hash", CleanText, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("newsletter", CleanText, nullable=False),
    Column("entry_id", CleanText, nullable=False),
    Column("section", CleanText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("undone", Boolean, nullable=False),
    Index(None, "newsletter"),
    sqlite_autoincrement=True,
)

# --- stories -----------------------------------------------------------------------------------

stories = Table(
    "stories",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("id", CleanText, primary_key=True),
    Column("section", CleanText, nullable=False),
    Column("also", Strings, nullable=False),
)

story_entries = Table(
    "story_entries",
    metadata,
    # An entry stands in one story of a newsletter, so the entry is the key.
    Column("newsletter", CleanText, primary_key=True),
    Column("entry_id", CleanText, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", CleanText, nullable=False),
    Column("position", Integer, nullable=False),
    Index(None, "newsletter", "story_id"),
)

story_merges = Table(
    "story_merges",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("merged_id", CleanText, primary_key=True),
    Column("story_id", CleanText, nullable=False),
    Column("position", Integer, nullable=False),
    Index(None, "newsletter", "story_id"),
)

storylines = Table(
    "storylines",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("id", CleanText, primary_key=True),
    Column("title", CleanText, nullable=False),
)

storyline_stories = Table(
    "storyline_stories",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("storyline_id", CleanText, primary_key=True),
    Column("story_id", CleanText, primary_key=True),
    Column("position", Integer, nullable=False),
    Index(None, "newsletter", "story_id"),
)

storyline_merges = Table(
    "storyline_merges",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("merged_id", CleanText, primary_key=True),
    Column("storyline_id", CleanText, nullable=False),
    Column("position", Integer, nullable=False),
    Index(None, "newsletter", "storyline_id"),
)

gists = Table(
    "gists",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("story_id", CleanText, primary_key=True),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("names", Strings, nullable=False),
    Column("further", Strings, nullable=False),
    Column("words", Strings, nullable=False),
    Column("vector", LargeBinary),
    Index(None, "newsletter", "last"),
)

# --- issues ------------------------------------------------------------------------------------

issues = Table(
    "issues",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("number", Integer),
    Column("draft_hash", CleanText),
    Column("state", CleanText, nullable=False),
    Column("closed_at", UtcTime),
    Column("title", CleanText, nullable=False),
    Column("published_hash", CleanText),
    CheckConstraint("state IN ('open', 'closed')", name="state"),
)

citations = Table(
    "citations",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("issue", Date, primary_key=True),
    # No foreign key: a person may cite in a draft what this store has never seen.
    Column("entry_id", CleanText, primary_key=True),
    Column("fingerprint", CleanText),
    Index(None, "newsletter", "entry_id"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("newsletter", CleanText, nullable=False),
    Column("issue", Date, nullable=False),
    Column("story_id", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("value", CleanText),
    Column("entry_ids", Strings, nullable=False),
    # Rows are never deleted: a decision that was replaced is kept with live = 0.
    Column("live", Boolean, nullable=False),
    Index(None, "newsletter", "issue"),
    sqlite_autoincrement=True,
)

# --- sending and reports -----------------------------------------------------------------------

recipients = Table(
    "recipients",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("address", CleanText, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("newsletter", CleanText, primary_key=True),
    Column("issue", Date, primary_key=True),
    Column("address", CleanText, primary_key=True),
    Column("state", Choice(DeliveryState), nullable=False),
    Column("message_id", CleanText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", CleanText),
    Column("changed_at", UtcTime),
    CheckConstraint("state IN ('planned', 'sending', 'sent', 'failed', 'unknown')", name="state"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("newsletter", CleanText, nullable=False),
    Column("verb", CleanText, nullable=False),
    Column("started", UtcTime, nullable=False),
    Column("finished", UtcTime, nullable=False),
    Column("report", CleanText, nullable=False),
    Index(None, "newsletter", "verb"),
    sqlite_autoincrement=True,
)

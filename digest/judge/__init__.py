"""Opinions about entries and stories: sections, duplicates, stories, rank, selection."""

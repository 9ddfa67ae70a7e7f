"""From sources to entries: fetching, parsing, reading files. Nothing is judged here."""

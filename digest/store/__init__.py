"""SQL and locks: the one room that knows the database."""

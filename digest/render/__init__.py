"""From an issue to web page, email, plain text, archive and feeds."""

"""A newsletter digest generator: sources in, a weekly attributed issue out."""

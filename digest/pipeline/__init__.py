"""One module a verb: the one place where pure stages meet input and output."""

"""One module a revision, named ``rev_NUMBER_what``; a revision that was released never changes."""

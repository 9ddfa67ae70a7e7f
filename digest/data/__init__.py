"""Lists of words, names and parameters, with their loaders. Data, not code."""

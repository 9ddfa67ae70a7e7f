"""Pages on 127.0.0.1 that call verbs and decide nothing."""

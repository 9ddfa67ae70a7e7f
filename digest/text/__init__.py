"""Facts about one string. Pure: no file, socket, clock or database."""

"""SQL and locks: the one room that knows the database.

Open it once a run, then hand a connection to the functions of the table groups::

    store = open_store(folder / "digest.sqlite3")
    with store.write() as c:
        new = save_entries(c, found, now=now)
    with store.read() as c:
        week = entries_between(c, period.start, period.end)
    store.close()

Everything inside one ``with`` is one transaction: all of it is kept, or nothing. A reader sees
one state throughout and cannot write. Keep a writer short and do no network work inside it:
there is one at a time, and others wait up to 30 s.

- ``database``: the file, its transactions, what the driver's errors become
- ``locks``: locks between processes; the database needs none of them for its own safety
- ``sources``, ``entries``, ``judgements``, ``stories``, ``issues``, ``deliveries``, ``reports``:
  one module a table group, functions that take the connection first
- ``schema``, ``columns``, ``rows``, ``bigrams``: how values become rows and indexed words
- ``migrate``, ``migrations``: how the tables come about

``find_*`` may return nothing; a function that needs a row raises NotFoundError. Where ``find_*``
takes an ``id_or_prefix``, the beginning of an id is enough; NotFoundError if it fits several.
"""
